import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf, statusOf } from '../pipeline.ts'
import { conserved, describeFaults, fault, flow, gentle } from './faults.ts'

const patient = { timeoutMs: 90_000 }
const stocks = ['005930', '000660', '035720', '005930_NX', '000660_AL', '999999', '051910']

interface Status {
  readonly session: string
  readonly state: string
  readonly pairs: { registered: number; wanted: number; refused: { types: string[]; items: string[]; evidence: string }[] }
  readonly silentItems: { item: string; lastAt: string | null }[]
  readonly notices: { kind: string; code: string; text: string; times: number }[]
}

const collectorOf = (pipeline: Pipeline) => statusOf<Status>(pipeline.running.collector!)

/** Waits for a session that follows the given one and has all registered. */
async function nextSession(pipeline: Pipeline, before: string): Promise<Status> {
  return eventually(async () => {
    const status = await collectorOf(pipeline)
    expect([status.state, status.session === before]).toEqual(['live', false])
    return status
  }, patient)
}

describeFaults('what the venue says and does not say', () => {
  fault('refuses registered items: they alone are left out, by name, and everything else is captured', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed, collector: { KIWOOM_SYMBOLS: stocks.join() } })
    await flow(pipeline, 100)
    const { session } = await collectorOf(pipeline)
    const bad = random.of([['999999'], [stocks[0]!], [stocks.at(-1)!], ['000660_AL', '999999']])
    await pipeline.inject({ fault: 'refuse-items', items: bad, code: random.of([105111, 1, 777777]) })
    await pipeline.inject({ fault: 'cut' })
    const { pairs, session: second } = await nextSession(pipeline, session)
    expect(pairs.refused.flatMap(({ items }) => items).sort()).toEqual([...bad].sort())
    const refused = pairs.refused.reduce((sum, { types, items }) => sum + types.length * items.length, 0)
    expect(pairs.registered).toBe(pairs.wanted - refused)
    const others = stocks.filter(item => !bad.includes(item)).sort()
    await flow(pipeline, 300)
    // Some stocks of the market are quiet.
    await eventually(async () => expect(await symbolsOf(pipeline, second)).toEqual(others), patient)
    await conserved(pipeline, { gap: 'registration_refused', gaps: ['disconnected'] })
    expect(await namedIn(pipeline, 'registration_refused')).toEqual([...bad].sort())
    expect(await symbolsOf(pipeline, second)).toEqual(others)
  })

  fault('refuses one type of an item: the pair alone is left out', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed, collector: { KIWOOM_SYMBOLS: stocks.join() } })
    await flow(pipeline, 100)
    const { session } = await collectorOf(pipeline)
    await pipeline.inject({ fault: 'refuse-items', items: ['035720'], types: ['0D'], code: 105111 })
    await pipeline.inject({ fault: 'cut' })
    const { pairs } = await nextSession(pipeline, session)
    expect(pairs.refused).toMatchObject([{ types: ['0D'], items: ['035720'] }])
    expect(pairs.registered).toBe(pairs.wanted - 1)
    await conserved(pipeline, { gap: 'registration_refused', gaps: ['disconnected'] })
  })

  fault('says things that are no data and no answer: they are kept as events, and the session goes on', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    const { session } = await collectorOf(pipeline)
    const words = [
      ['system', '0', '{"trnm":"SYSTEM","code":"0","message":"시스템 점검 안내"}'],
      ['system', 'R10003', '{"trnm":"SYSTEM","code":"R10003","message":""}'],
      ['unknown', 'NOTICE', '{"trnm":"NOTICE","content":"?"}'],
      ['answer', 'REG', '{"trnm":"REG","return_code":105111,"return_msg":"late"}'],
      ['answer', 'LOGIN', '{"trnm":"LOGIN","return_msg":{}}'],
    ] as const
    for (const [, , text] of words) await pipeline.inject({ fault: 'say', text })
    await pipeline.inject({ fault: 'say', text: 'PING' })
    await flow(pipeline, 200)
    const status = await collectorOf(pipeline)
    expect(status.session).toBe(session)
    expect(status.notices.map(({ kind, code }) => [kind, code]).sort()).toEqual(words.map(([kind, code]) => [kind, code]).sort())
    expect(await metricOf(pipeline.running.collector!, 'tickhouse_collector_notices_total')).toBe(words.length)
    expect(await problemsOf(pipeline.running.collector!)).toEqual([])
    const events = () => pipeline.store.query<{ reason: string }>("SELECT reason FROM feed_session WHERE event = 'notice'")
    await eventually(async () => expect(await events()).toHaveLength(words.length), patient)
    expect((await events()).map(({ reason }) => reason)).toContain('system 0: 시스템 점검 안내')
    const { sessions } = await conserved(pipeline)
    expect(sessions).toEqual([session])
  })

  fault('registers an item and sends nothing of it: it is named, and what it missed is a gap', async ({ pipeline, random }) => {
    const collector = { KIWOOM_SYMBOLS: stocks.join(), KIWOOM_ITEM_SILENCE: '5s' }
    await pipeline.run({ rate: gentle, seed: random.seed, collector })
    await flow(pipeline, 100)
    const { session } = await collectorOf(pipeline)
    await pipeline.inject({ fault: 'mute', items: ['999999'] })
    await pipeline.inject({ fault: 'cut' })
    await nextSession(pipeline, session)
    await eventually(async () => {
      const { silentItems } = await collectorOf(pipeline)
      expect(silentItems).toContainEqual(expect.objectContaining({ item: '999999', lastAt: null }))
    }, patient)
    expect(await metricOf(pipeline.running.collector!, 'tickhouse_collector_silent_items')).toBeGreaterThan(0)
    await conserved(pipeline, { gap: 'item_silent', gaps: ['disconnected'] })
    expect(await namedIn(pipeline, 'item_silent')).toContain('999999')
  })
})

/** The items that gaps of that reason name. */
async function namedIn({ store }: Pipeline, reason: string): Promise<string[]> {
  const rows = await store.query<{ symbols: string }>(`SELECT DISTINCT symbols FROM feed_gap WHERE reason = '${reason}'`)
  return [...new Set(rows.flatMap(({ symbols }) => symbols.split(',')))].sort()
}

/** The items of which anything was captured in a session, as registered. */
async function symbolsOf({ store }: Pipeline, session: string): Promise<string[]> {
  const rows = await store.query<{ symbol: string; venue: string }>(
    `SELECT DISTINCT symbol, venue FROM order_book WHERE session = '${session}'`,
  )
  const suffixes: Readonly<Record<string, string>> = { KRX: '', NXT: '_NX', SOR: '_AL' }
  return rows.map(({ symbol, venue }) => symbol + suffixes[venue]).sort()
}
