import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '@tickhouse/archive'
import { dayOf } from '@tickhouse/calendar'
import { entities } from '@tickhouse/catalogue'
import { type SqlRow, timeLiteral } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CommandEnd, tickhouse, withoutProgress } from './command.ts'
import { pastDays } from './past-days.ts'
import { Pipeline } from './pipeline.ts'
import { chosenSeed, randomOf } from './random.ts'
import { Duck } from './views/duck.ts'

const timeout = { timeout: 600_000 }
const random = randomOf(chosenSeed())
const tables = entities.map(({ table }) => table)

describeWithServers(`an archive of a sample day (FAULT_SEED=${random.seed} repeats it)`, () => {
  let pipeline: Pipeline
  let data: string
  let date: string
  /** The archive that nothing interrupted, and how long it took, ms. */
  let whole: string
  let tookMs: number
  const stored = new Map<string, readonly SqlRow[]>()

  const run = (words: readonly string[]) => tickhouse(servers(), '', [...words], { SINK_GROUP: pipeline.group })
  const done = async (...words: string[]): Promise<CommandEnd> => {
    const { code, stdout, stderr } = await run(words).end
    return { code, stdout, stderr: withoutProgress(stderr) }
  }
  const folder = (name: string) => join(pipeline.folder, name)
  const written = (to: string) => ['archive', '--date', date, '--to', to, '--data', data]
  const restored = () => done('archive', 'restore', '--date', date, '--from', whole, '--data', data)
  const manifest = () => JSON.parse(readFileSync(join(whole, '_days', date, 'manifest.json'), 'utf8')) as Manifest

  const time = () => {
    const { fromUs, toUs } = dayOf(date)
    return `timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)}`
  }
  const rowsOf = (table: string) =>
    pipeline.store.query(`SELECT * FROM ${table} WHERE ${time()} ORDER BY timestamp, symbol, venue, session, seq`)
  const expectStored = async () => {
    for (const { name } of tables) expect(await rowsOf(name), name).toEqual(stored.get(name))
  }
  /** Drops every partition of the tables that begins in the date. */
  const drop = async (names: readonly string[], hours = 24) => {
    const { fromUs } = dayOf(date)
    for (const name of names) {
      await pipeline.store.query(`ALTER TABLE ${name} DROP PARTITION WHERE timestamp < ${timeLiteral(fromUs + hours * 3_600_000_000)}`)
      await pipeline.store.waitUntilApplied(name)
    }
  }

  /** Stores a sample day, and gives its date: the first that is free. */
  const sampleDay = async () => {
    const refusals: string[] = []
    for (const day of pastDays()) {
      const words = ['--data', data, '--symbols', '3', '--records', '20000', '--seed', '7', '--date', day]
      const { code, stdout, stderr } = await done('sample-day', ...words)
      if (code === 2) refusals.push(stderr)
      else {
        expect(stdout, stderr).toMatch(/^\d{4}-\d\d-\d\d: complete /m)
        return stdout.slice(0, 10)
      }
    }
    throw new Error(`No date serves:\n${refusals.join('')}`)
  }

  beforeAll(async () => {
    pipeline = await Pipeline.open(servers())
    data = folder('data')
    mkdirSync(data)
    whole = folder('whole')
    await pipeline.start('sink')
    date = await sampleDay()
    // What is dropped here must not be what the sink reads on from.
    await pipeline.running.sink!.stop()
    for (const { name } of tables) stored.set(name, await rowsOf(name))
  }, 300_000)
  afterAll(() => pipeline?.close())

  it('is refused for a date that nobody has certified, and for one that is not over', timeout, async () => {
    const early = await done('archive', '--date', '2026-01-05', '--to', whole, '--data', data)
    expect(early).toMatchObject({ code: 1, stdout: '' })
    expect(early.stderr).toContain('2026-01-05 is not certified: there is no certificate in ')
    const today = await done('archive', '--date', 'today', '--to', whole, '--data', data)
    expect(today).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Expected a date that is over in Korea') })
  })

  it('has every row of the day once, with the figures and the certificate in its manifest, and passes its check', timeout, async () => {
    const startedAt = performance.now()
    const { code, stdout, stderr } = await done(...written(whole))
    tookMs = performance.now() - startedAt
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(new RegExp(`^${date}: complete; [\\d,]+ rows, `, 'm'))
    const { datasets, condition, certificate } = manifest()
    expect(Object.fromEntries(datasets.map(({ dataset, rows }) => [dataset, rows]))).toEqual(
      Object.fromEntries(tables.map(({ name }) => [name, stored.get(name)!.length])),
    )
    expect(condition).toBe('complete')
    const document = readFileSync(join(data, 'certificates', `${date}.json`))
    expect(readFileSync(join(whole, certificate!.file))).toEqual(document)
    expect(certificate!.sha256).toBe(createHash('sha256').update(document).digest('hex'))
    const checked = await done('archive', 'verify', whole)
    expect(checked.stdout).toMatch(/^whole: 1 date in /)
    expect(checked.code, checked.stderr).toBe(0)
  })

  it('is sorted by symbol and time, and read by DuckDB as QuestDB has it', timeout, async () => {
    const duck = await Duck.open()
    try {
      const files = `read_parquet('${whole}/dataset=trade/*/*.parquet', hive_partitioning = true)`
      const rows = await duck.rows(
        `SELECT dataset, date::VARCHAR AS date, symbol, seq, price, epoch_us(timestamp) AS timestamp FROM ${files}`,
      )
      const inOrder = [...stored.get('trade')!].sort(
        (a, b) =>
          (a['symbol']! < b['symbol']! ? -1 : a['symbol']! > b['symbol']! ? 1 : 0) || Number(a['timestamp']) - Number(b['timestamp']),
      )
      expect(rows).toEqual(inOrder.map(({ symbol, seq, price, timestamp }) => ({ dataset: 'trade', date, symbol, seq, price, timestamp })))
      const [book] = await duck.rows(
        `SELECT sum(asks[1][1]) AS ask, sum(len(bids)) AS sides, sum(len(bids[2])) AS levels FROM '${whole}/dataset=order_book/*/*.parquet'`,
      )
      const [asked] = await pipeline.store.query(`SELECT sum(asks[1][1]) AS ask, count() AS rows FROM order_book WHERE ${time()}`)
      expect(book).toEqual({ ask: asked!['ask'], sides: Number(asked!['rows']) * 3, levels: Number(asked!['rows']) * 10 })
    } finally {
      duck.close()
    }
  })

  it('changes nothing when it is made again, and has the same bytes in another folder', timeout, async () => {
    const before = filesIn(whole)
    const again = await done(...written(whole))
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(', archived already')])
    expect(filesIn(whole)).toEqual(before)
    expect((await done(...written(folder('other')))).code).toBe(0)
    expect(filesIn(folder('other'))).toEqual(before)
  })

  it('is refused when the certificate is not the one that QuestDB names, unless told', timeout, async () => {
    const path = join(data, 'certificates', `${date}.json`)
    const document = readFileSync(path, 'utf8')
    writeFileSync(path, `${document}\n`)
    const to = folder('uncertified')
    expect(await done(...written(to))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('QuestDB names another certificate than '),
    })
    const { code, stdout, stderr } = await done(...written(to), '--uncertified', '--dataset', 'gold_price', '--format', 'json')
    expect(code, stderr).toBe(0)
    const { condition, certificate, uncertified, datasets } = JSON.parse(stdout) as Manifest
    expect({ condition, certificate, datasets: datasets.map(({ dataset }) => dataset) }).toEqual({
      condition: null,
      certificate: null,
      datasets: ['gold_price'],
    })
    expect(uncertified).toContain('QuestDB names another certificate')
    writeFileSync(path, document)
  })

  it('that was killed at any moment goes on, and ends with the same bytes', timeout, async () => {
    const to = folder('killed')
    for (let kills = 0; kills < 3; kills++) {
      const { child, end } = run(written(to))
      const kill = setTimeout(() => child.kill('SIGKILL'), random.between(tookMs * 0.2, tookMs))
      await end
      clearTimeout(kill)
    }
    const last = await done(...written(to))
    expect(last.code, last.stderr).toBe(0)
    expect(filesIn(to)).toEqual(filesIn(whole))
  })

  it('with one bit flipped is damaged, and the file is named', timeout, async () => {
    const { file } = random.of(manifest().datasets.filter(({ rows }) => rows > 0))
    const path = join(whole, file!.file)
    const [at, bit] = [random.between(0, statSync(path).size - 1), random.between(0, 7)]
    flip(path, at, bit)
    const { code, stdout, stderr } = await done('archive', 'verify', whole, '--date', date)
    expect(code, stderr).toBe(1)
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^${file!.file}: expected SHA-256 ${file!.sha256}, found `))
    expect(stdout).toMatch(/^damaged: 1 date in /m)
    flip(path, at, bit)
    expect((await done('archive', 'verify', whole)).code).toBe(0)
  })

  it('is put back where partitions were dropped, and then every table is what it was, row by row', timeout, async () => {
    await drop(tables.map(({ name }) => name))
    expect(await rowsOf('trade')).toEqual([])
    const { code, stdout, stderr } = await restored()
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/; every row of the archive is in QuestDB$/m)
    await expectStored()
  })

  it('changes nothing when it is put back twice, and fills in hours that are missing', timeout, async () => {
    const twice = await restored()
    expect([twice.code, twice.stdout], twice.stderr).toEqual([0, expect.stringMatching(new RegExp(`^${date}: 0 rows written;`, 'm'))])
    await expectStored()
    await drop(['trade', 'order_book'], 12)
    expect((await rowsOf('trade')).length).toBeLessThan(stored.get('trade')!.length)
    expect((await rowsOf('trade')).length).toBeGreaterThan(0)
    expect((await restored()).code).toBe(0)
    await expectStored()
  })
})

/** The checksums of all files of a folder, by their paths. */
function filesIn(folder: string): Record<string, string> {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(
    paths.sort().map(path => [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}

function flip(path: string, at: number, bit: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 1 << bit
  writeFileSync(path, bytes)
}
