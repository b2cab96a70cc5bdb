import type { Message } from '@tickhouse/bus'
import { type DataRecord, entityOf, type Produced } from '@tickhouse/catalogue'
import { describeWithServers, eventually, servers, temporaryFolder } from '@tickhouse/testkit'
import { afterEach, expect, it, onTestFinished } from 'vitest'
import { tickhouse } from './command.ts'
import { Pipeline } from './pipeline.ts'
import { frameOf, recordSession } from './recorded-session.ts'

const slow = { timeoutMs: 60_000 }
let pipeline: Pipeline
afterEach(() => pipeline.close())

describeWithServers('tickhouse dead-letters', () => {
  it('what QuestDB refused is stored once the table is mended, with its place in Kafka, from Kafka where the letter was cut', async () => {
    pipeline = await Pipeline.open(servers())
    const { session } = await recordSession(pipeline.journal, [])
    const gap = (seq: number, missing: number, symbols = '005930'): DataRecord => {
      const timestamp = Date.now() * 1000 + seq
      return {
        timestamp,
        symbol: '*',
        venue: '*',
        session,
        seq,
        from_time: timestamp,
        to_time: timestamp,
        reason: 'test',
        symbols,
        missing,
      }
    }
    const sink = await pipeline.sink()
    await eventually(async () => expect((await fetch(`${sink.announced.url}/ready`)).status).toBe(200), slow)
    await narrow('feed_gap', 'missing')
    // The first request after the change may still be read by the old type, which turns a value into null instead of refusing it.
    const earlier = `${session}-earlier`
    await publish([messageOf('feed_gap', { ...gap(1, 1), session: earlier })])
    await eventually(async () => expect(await rowsOf('feed_gap', earlier)).toHaveLength(1), slow)
    const long = Array.from({ length: 10_000 }, () => '005930').join(',')
    const gaps = [gap(1, 3_000_000_001), gap(2, 7), gap(3, 3_000_000_003, long)]
    await publish(gaps.map(record => messageOf('feed_gap', record)))
    await lettersOf(session, 2)
    const ids = [`${session}/feed_gap/1/sink`, `${session}/feed_gap/3/sink`]
    expect((await list('--session', session)).map(({ id, reason, state }) => [id, reason, state])).toEqual(
      ids.map(id => [id, 'refused_by_store', 'open']),
    )
    expect((await rowsOf('feed_gap', session)).map(({ seq }) => seq)).toEqual([2])

    expect(await run('retry', ...ids)).toMatchObject({ code: 2, stderr: expect.stringContaining('run `tickhouse tables apply` first') })
    await widen('feed_gap', 'missing')
    expect(await retry(...ids, '--dry-run')).toMatchObject({
      code: 0,
      outcomes: [{ outcome: 'can be stored' }, { outcome: 'can be stored' }],
    })
    expect(await rowsOf('feed_gap', session)).toHaveLength(1)
    expect(await retry(...ids)).toMatchObject({ code: 0, outcomes: [{ outcome: 'stored' }, { outcome: 'stored' }] })
    expect(await retry(...ids)).toMatchObject({ code: 0, outcomes: [{ outcome: 'already there' }, { outcome: 'already there' }] })

    const rows = await rowsOf('feed_gap', session)
    expect(rows.map(({ timestamp, seq, missing, symbols }) => ({ timestamp, seq, missing, symbols }))).toEqual(
      gaps.map(({ timestamp, seq, missing, symbols }) => ({ timestamp, seq, missing, symbols })),
    )
    const letters = await pipeline.store.query(
      `SELECT seq, topic_partition, topic_offset FROM dead_letter WHERE session = '${session}' ORDER BY seq`,
    )
    expect([rows[0]!, rows[2]!].map(({ seq, kafka_partition, kafka_offset }) => [seq, kafka_partition, kafka_offset])).toEqual(
      letters.map(({ seq, topic_partition, topic_offset }) => [seq, topic_partition, topic_offset]),
    )
    expect((await list('--session', session)).map(({ state }) => state)).toEqual(['stored', 'stored'])
  })

  it('what an older catalogue could not read is published once and stored, also by two at the same time and beside a sink', async () => {
    pipeline = await Pipeline.open(servers())
    await pipeline.sink()
    const { session } = await capturedByOlderCatalogue(pipeline.journal)
    expect((await pipeline.verify()).findings).toContainEqual(
      expect.objectContaining({ dataset: 'trade', journal: 6, topic: 4, dead_letters: 2, verdict: 'complete' }),
    )
    const ids = [3, 5].map(seq => `${session}/trade/${seq}`)
    expect(await retry(...ids, '--dry-run')).toMatchObject({
      code: 0,
      outcomes: [{ outcome: 'can be stored' }, { outcome: 'can be stored' }],
    })
    expect(await seqsInTopic('trade', session)).toEqual([1, 2, 4, 6])
    const ends = await Promise.all([run('retry', ...ids), run('retry', ...ids)])
    expect(ends.map(({ code }) => code)).toContain(0)
    expect(await seqsInTopic('trade', session)).toEqual([1, 2, 3, 4, 5, 6])
    expect(await retry(...ids)).toMatchObject({ code: 0, outcomes: [{ outcome: 'already there' }, { outcome: 'already there' }] })
    expect(await seqsInTopic('trade', session)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await rowsOf('trade', session)).map(({ seq, price, venue }) => [seq, price, venue])).toEqual(
      [1, 2, 3, 4, 5, 6].map(seq => [seq, 100 + seq, seq === 3 || seq === 5 ? 'SOR' : 'KRX']),
    )
    expect((await pipeline.verify()).findings).toContainEqual(
      expect.objectContaining({ dataset: 'trade', topic: 6, table: 6, dead_letters: 0, verdict: 'complete' }),
    )
  })

  it('the text of a letter stands in for a session that the journal does not have any more; no sink is needed', async () => {
    pipeline = await Pipeline.open(servers())
    const sink = await pipeline.sink()
    const { session } = await capturedByOlderCatalogue(temporaryFolder())
    await lettersOf(session, 2)
    await sink.stop()
    await recordSession(pipeline.journal, [])
    expect(await retry(`${session}/trade/5`)).toMatchObject({ code: 0, outcomes: [{ outcome: 'stored' }] })
    expect(await seqsInTopic('trade', session)).toEqual([1, 2, 4, 5, 6])
    expect((await rowsOf('trade', session)).find(({ seq }) => seq === 5)).toMatchObject({ symbol: '005930', venue: 'SOR', price: 105 })
    expect((await list('--session', session, '--stage', 'collector')).map(({ id, state }) => [id, state])).toEqual([
      [`${session}/trade/3`, 'open'],
      [`${session}/trade/5`, 'stored'],
    ])
  })

  it('what cannot become a record stays refused and says why, and a type that is known by now is sent to rebuild', async () => {
    pipeline = await Pipeline.open(servers())
    await pipeline.sink()
    const frames = [
      frameOf('0B', '005930', {}),
      'this is not JSON',
      frameOf('9Z', '005930', { 10: '1' }),
      frameOf('0G', '069500', { 36: '100' }),
    ]
    const { session, records } = await recordSession(pipeline.journal, frames)
    const isLate = ({ dataset }: Produced) => dataset === 'etf_nav'
    const nav = JSON.parse(records.find(isLate)!.json) as DataRecord
    const unknown = {
      stage: 'collector',
      dataset: '*',
      type: '0G',
      reason: 'unknown_type',
      detail: 'Expected one of the nineteen realtime types',
      raw: '{}',
    }
    await publish([
      ...records.filter(record => !isLate(record)).map(produced),
      messageOf('dead_letter', { timestamp: nav.timestamp, symbol: '*', venue: '*', session, seq: 3, ...unknown }),
    ])
    await lettersOf(session, 4)
    const ids = (await list('--session', session)).map(({ id }) => id)
    expect(ids).toEqual([`${session}/trade/1`, `${session}/unknown/1`, `${session}/unknown/2`, `${session}/unknown/3`])
    const { code, outcomes } = await retry(...ids)
    expect([code, outcomes.map(({ outcome }) => outcome)]).toEqual([1, Array(4).fill('still refused')])
    expect(outcomes.map(({ detail }) => detail)).toEqual([
      'no_values: Expected values {"FID":"text"}',
      'not_json: Expected JSON; it cannot become a record; its frame stays in the journal',
      'The catalogue does not know type 9Z',
      `The catalogue knows type 0G by now: \`tickhouse rebuild --dataset etf_nav --session ${session}\` makes its records`,
    ])
    const rebuilt = tickhouse(servers(), pipeline.journal, ['rebuild', '--dataset', 'etf_nav', '--session', session])
    expect((await rebuilt.end).code).toBe(0)
    expect((await list('--session', session, '--dataset', 'unknown')).map(({ state }) => state)).toEqual(['open', 'open', 'stored'])
    expect(await retry(ids[3]!)).toMatchObject({ code: 0, outcomes: [{ outcome: 'already there' }] })
  })

  it('shows a letter with its text, and refuses ids that name none', async () => {
    pipeline = await Pipeline.open(servers())
    await pipeline.sink()
    const { session, records } = await recordSession(pipeline.journal, [frameOf('0B', '005930', {})])
    await publish(records.map(produced))
    await lettersOf(session, 1)
    const { code, stdout } = await run('show', `${session}/trade/1`)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^state {4}open$/m)
    expect(stdout).toMatch(/^reason {3}no_values$/m)
    expect(stdout).toContain('  "item": "005930",\n  "values": {}\n}')
    expect(await run('show', `${session}/trade/2`)).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no dead letter') })
    expect(await run('show', 'trade')).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected an id such as') })
    expect(await run('retry')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^(Loading … \d+ s\n)*Expected some ids, or --all\n$/),
    })
  })
})

const run = (...words: string[]) => tickhouse(servers(), pipeline.journal, ['dead-letters', ...words]).end

interface Outcome {
  readonly outcome: string
  readonly detail: string | null
}

async function retry(...words: string[]): Promise<{ code: number | null; outcomes: Outcome[] }> {
  const { code, stdout } = await run('retry', ...words, '--format', 'json')
  return { code, outcomes: JSON.parse(stdout) }
}

async function list(...words: string[]): Promise<{ id: string; reason: string; state: string }[]> {
  const { code, stdout } = await run('list', ...words, '--format', 'json')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

/** A session whose collector took the suffix `_AL` for no item: what it published, letters in place of records 3 and 5 among it. */
async function capturedByOlderCatalogue(journal: string): Promise<{ session: string }> {
  const items = ['005930', '005930', '005930_AL', '005930', '005930_AL', '005930']
  const frames = items.map((item, index) => frameOf('0B', item, { 10: `+${101 + index}` }))
  const { session, records } = await recordSession(journal, frames)
  const letterFor = ({ timestamp, seq }: Produced): DataRecord => {
    const raw = JSON.stringify(JSON.parse(frames[seq - 1]!).data[0])
    const detail = 'Expected the item that was registered'
    return {
      timestamp,
      symbol: '*',
      venue: '*',
      session,
      seq,
      stage: 'collector',
      dataset: 'trade',
      type: '0B',
      reason: 'bad_item',
      detail,
      raw,
    }
  }
  const wasRefused = ({ dataset, seq }: Produced) => dataset === 'trade' && (seq === 3 || seq === 5)
  await publish(records.map(record => (wasRefused(record) ? messageOf('dead_letter', letterFor(record)) : produced(record))))
  return { session }
}

async function publish(messages: readonly Message[]): Promise<void> {
  const publisher = pipeline.bus().publisher()
  await publisher.publish(messages)
  await publisher.close()
}

function produced({ dataset, json }: Produced): Message {
  return messageOf(dataset, JSON.parse(json))
}

function messageOf(dataset: string, record: DataRecord): Message {
  const timestampMs = Math.floor(record.timestamp / 1000)
  return { topic: entityOf(dataset).topic.name, key: record.symbol, value: JSON.stringify(record), timestampMs }
}

async function lettersOf(session: string, count: number): Promise<void> {
  await eventually(async () => expect(await rowsOf('dead_letter', session)).toHaveLength(count), slow)
}

async function rowsOf(dataset: string, session: string) {
  await pipeline.store.waitUntilApplied(dataset)
  return await pipeline.store.query(`SELECT * FROM ${dataset} WHERE session = '${session}' ORDER BY timestamp`)
}

/** The numbers of a session in a topic, repeats included. */
async function seqsInTopic(dataset: string, session: string): Promise<number[]> {
  const seqs: number[] = []
  await pipeline.bus().readSince([entityOf(dataset).topic.name], Date.now() - 600_000, ({ value }) => {
    const record = JSON.parse(String(value)) as DataRecord
    if (record.session === session) seqs.push(record.seq)
  })
  return seqs.sort((a, b) => a - b)
}

/** Makes a column narrower than the catalogue has it, so that QuestDB refuses single rows; mended again when the test is over, if not before. */
async function narrow(table: string, column: string): Promise<void> {
  await alter(table, column, 'INT')
  onTestFinished(() => widen(table, column))
}

async function widen(table: string, column: string): Promise<void> {
  const [found] = await pipeline.store.query(`SELECT type FROM table_columns('${table}') WHERE "column" = '${column}'`)
  if (found!['type'] !== 'LONG') await alter(table, column, 'LONG')
}

async function alter(table: string, column: string, type: string): Promise<void> {
  await pipeline.store.query(`ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type}`)
  await pipeline.store.waitUntilApplied(table)
}
