import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startQuestdb } from '@tickhouse/stack'
import { describeWithLocalServers, localServers, temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { freshTable, testStore } from './on-questdb.ts'
import { rowsOf, ticks, ticksTable } from './ticks.ts'

describeWithLocalServers('a table whose files were damaged', () => {
  test('has rows out of order where times do not rise any more', { timeout: 120_000 }, async () => {
    const { java, jars } = localServers()
    const directory = temporaryFolder()
    const questdb = await startQuestdb({ directory, java, jars: jars.questdb })
    onTestFinished(() => questdb.stop())
    const { store } = testStore({ configurationString: questdb.configurationString })
    onTestFinished(() => store.close())
    const table = await freshTable(store, ticksTable())
    await store.writer(table).write(rowsOf(table, ticks(10)), AbortSignal.timeout(60_000))
    await store.waitUntilApplied(table.name)
    expect(await store.sessionCounts(table.name)).toMatchObject([{ rows: 10, distinct: 10, outOfOrder: 0 }])

    await questdb.stop()
    swapTimes(join(directory, 'db'), table.name, 3, 6)
    await questdb.start()
    expect(await store.sessionCounts(table.name)).toMatchObject([{ rows: 10, distinct: 10, outOfOrder: 2 }])
  })
})

/** Each time takes 8 bytes of a file of the partition. */
function swapTimes(folder: string, table: string, one: number, other: number): void {
  const [name] = globSync(`${table}~*/*/timestamp.d`, { cwd: folder })
  const path = join(folder, name!)
  const times = new BigInt64Array(new Uint8Array(readFileSync(path)).buffer)
  ;[times[one], times[other]] = [times[other]!, times[one]!]
  writeFileSync(path, times)
}
