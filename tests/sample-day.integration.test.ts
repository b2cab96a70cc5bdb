import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithServers, eventually, servers, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tickhouse, withoutProgress } from './command.ts'
import { Pipeline } from './pipeline.ts'

const trades = 'kiwoom.market.trade.v1'
/** A day this small takes seconds; a busy machine takes its time to start the processes. */
const small = ['--symbols', '3', '--records', '6000', '--seed', '7']
const timeout = { timeout: 600_000 }

describeWithServers('a sample day', () => {
  let pipeline: Pipeline
  let data: string
  let complete: string
  /** Sample days of other tests. */
  let others: readonly string[]

  const sampleDay = async (...words: string[]) => {
    const { code, stdout, stderr } = await tickhouse(servers(), '', ['sample-day', '--data', data, ...words], {
      SINK_GROUP: pipeline.group,
    }).end
    return { code, stdout, stderr: withoutProgress(stderr) }
  }
  const sampleDays = "SELECT session FROM feed_session WHERE collector = 'sample-day'"
  const rowsOf = async (table: string) => {
    const rows = await pipeline.store.query<{ session: string; rows: number; numbers: number; last: number }>(
      `SELECT session, count() AS rows, count_distinct(seq) AS numbers, max(seq) AS last FROM ${table} WHERE session IN (${sampleDays}) ORDER BY session`,
    )
    return rows.filter(({ session }) => !others.includes(session))
  }

  beforeAll(async () => {
    pipeline = await Pipeline.open(servers())
    data = join(pipeline.folder, 'data')
    mkdirSync(data)
    others = (await pipeline.store.query<{ session: string }>(sampleDays)).map(({ session }) => session)
    await pipeline.start('sink')
  })
  afterAll(() => pipeline.close())

  it('goes to a day of its own, is stored exactly once and certified complete', timeout, async () => {
    const { code, stdout, stderr } = await sampleDay(...small)
    expect(stdout, stderr).toMatch(/^\d{4}-\d\d-\d\d: complete \(08:00-20:00 Korean time\)$/m)
    expect(stdout).toMatch(/^volume: .*; all add up$/m)
    expect(code).toBe(0)
    complete = stdout.slice(0, 10)
    for (const table of ['trade', 'order_book']) {
      const [stored, ...more] = await rowsOf(table)
      const { rows, numbers, last } = stored!
      expect(more).toEqual([])
      expect(rows).toBeGreaterThan(1_000)
      expect([numbers, last]).toEqual([rows, rows])
    }
  })

  it('adds nothing when it is made again, also from an empty data folder', timeout, async () => {
    const before = await rowsOf('trade')
    const ends = await pipeline.bus().endOffsets([trades])
    for (const again of [
      await sampleDay(...small, '--date', complete),
      await sampleDay(...small, '--data', join(temporaryFolder(), 'data')),
    ]) {
      expect(again.code, again.stderr).toBe(0)
      expect(again.stdout.slice(0, 10)).toBe(complete)
    }
    expect(await rowsOf('trade')).toEqual(before)
    const verified = await tickhouse(servers(), '', ['verify', '--date', complete, '--data', data], { SINK_GROUP: pipeline.group }).end
    expect(verified, verified.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(`^${complete}: complete `) })
    expect(await pipeline.bus().endOffsets([trades])).toEqual(ends)
  })

  it('goes on where it was killed while it was published, and what it published is not there twice', timeout, async () => {
    const published = async () => (await pipeline.bus().endOffsets([trades])).reduce((sum, { offset }) => sum + offset, 0)
    const before = await published()
    const words = ['sample-day', '--data', data, ...small, '--records', '20000', '--seed', '9']
    const { child, end } = tickhouse(servers(), '', words, { SINK_GROUP: pipeline.group })
    await eventually(async () => expect(await published()).toBeGreaterThan(before), { timeoutMs: 120_000, intervalMs: 10 })
    child.kill('SIGKILL')
    expect((await end).code).toBe(null)
    const { code, stdout, stderr } = await sampleDay(...small, '--records', '20000', '--seed', '9')
    expect(stdout, stderr).toMatch(/^\d{4}-\d\d-\d\d: complete /m)
    expect(code).toBe(0)
    for (const { rows, numbers, last } of await rowsOf('trade')) expect([numbers, last]).toEqual([rows, rows])
  })

  it('that is degraded goes to another date, and its certificate names the lost connection and the shares', timeout, async () => {
    const { code, stdout, stderr } = await sampleDay(...small, '--degraded')
    expect(stdout, stderr).toMatch(/^\d{4}-\d\d-\d\d: degraded /m)
    expect(stdout.slice(0, 10) < complete).toBe(true)
    expect(stdout).toMatch(/^1 gap \(disconnected\) of 90\.000 s, the first at \S+T10:17:00\.000\+09:00$/m)
    expect(stdout).toMatch(/^1 gap \(volume_missing\) of [\d.]+ s, [\d,]+ shares?, the first at /m)
    expect(code).toBe(0)
  })

  it('is refused on a date that holds another one, and on one that Kafka would not keep', timeout, async () => {
    const other = await sampleDay(...small, '--seed', '8', '--date', complete)
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain(`QuestDB holds something else of ${complete} (session `)
    const old = await sampleDay('--date', '2024-11-26')
    expect(old).toMatchObject({ code: 2, stdout: '' })
    expect(old.stderr).toMatch(/^Kafka keeps records for 7 days .* These dates serve: \d{4}-/m)
    const many = await sampleDay('--symbols', '1000')
    expect(many).toMatchObject({ code: 2, stdout: '' })
    expect(many.stderr).toContain('1000')
  })
})
