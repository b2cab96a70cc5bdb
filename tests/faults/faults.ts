import type { VerifyReport } from '@tickhouse/audit'
import { messageOf } from '@tickhouse/runtime'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { account } from '../oracle.ts'
import { Pipeline, statusOf } from '../pipeline.ts'
import { chosenSeed, type Random, randomOf } from '../random.ts'
import { cumulativeVolumes, disorder, newestTradeUs, rowCounts, tradeCount } from '../tables.ts'
import { topicProblems } from '../topics.ts'
import { describeExplained, starvationGaps } from './starvation-gaps.ts'

/** What a case works with: a pipeline of its own whose servers are reached through proxies. */
export interface FaultCase {
  readonly pipeline: Pipeline
  readonly servers: OwnServers
  readonly random: Random
}

/** How a case is run. */
export interface FaultOptions {
  /** Also part of `npm test`; the others run with `npm run test:faults`. */
  readonly always?: boolean
  /** How long the case may take on the usual machine. */
  readonly timeoutMs?: number
  /** Why the case cannot run on this machine, if it cannot. */
  readonly skipped?: string | undefined
}

/** What the case knows about the outcome. */
export interface Expected {
  /** Reasons of gaps that the fault may cause; any other gap fails the case. */
  readonly gaps?: readonly string[]
  /** Reason of the gap that the fault is sure to cause. */
  readonly gap?: string
  /** How many dead letters there must be, if that is known. */
  readonly deadLetters?: number | 'some'
  /** Whether records may stand in a topic twice. */
  readonly repeats?: boolean
  /** Whether keys have moved to other partitions, so that in a topic their order holds only within each. */
  readonly movedKeys?: boolean
}

/** How long a storm lasts: FAULT_MINUTES. */
export const minutes = Number(process.env['FAULT_MINUTES'] ?? 0.5)

/** Frames a second: of most cases, and of those in which much is to be on its way. Some pipelines share a machine. */
export const gentle = 200
export const busy = 500

let servers: OwnServers | undefined
const hookMs = scaledTimeout(180_000)

/** What these QuestDBs do beyond the usual: they suspend a table on command. */
const questdbProperties = { 'dev.mode.enabled': 'true' }

/** Cases that break things at one place: all places of a test file share its servers, and leave nothing behind. */
export function describeFaults(place: string, cases: () => void): void {
  describeWithOwnServers(`faults: ${place}`, () => {
    beforeAll(async () => {
      servers ??= await ownServers(questdbProperties)
    }, hookMs)
    afterEach(() => restored(servers!))
    cases()
  })
}

afterAll(() => servers?.close(), hookMs)

/** One fault and what must hold afterwards; prints its seed, and FAULT_SEED repeats it. */
export function fault(title: string, run: (given: FaultCase) => Promise<void>, options: FaultOptions = {}): void {
  const { always = false, timeoutMs = 600_000, skipped } = options
  if (!always && process.env['FAULTS'] !== 'all') return
  it.skipIf(skipped !== undefined)(
    skipped === undefined ? title : `${title} (skipped, because ${skipped})`,
    { timeout: scaledTimeout(timeoutMs) },
    async () => {
      const random = randomOf(chosenSeed())
      console.log(`${title}: seed ${random.seed} (FAULT_SEED=${random.seed} repeats it)`)
      const own = servers!
      const impatient = `${own.proxied.questdb}request_timeout=${scaledTimeout(2_000)};`
      const pipeline = await Pipeline.open(own.proxied, 'sinks', { QDB_CLIENT_CONF: impatient })
      try {
        await run({ pipeline, servers: own, random })
      } catch (error) {
        const words = pipeline.words
          .split('\n')
          .slice(-30)
          .map(line => line.slice(0, 400))
        const states = (await pipeline.states()).map(line => line.slice(0, 4_000))
        console.error([`${title}: seed ${random.seed}: ${messageOf(error)}`, 'The processes said:', ...words, ...states].join('\n'))
        throw error
      } finally {
        await restored(own)
        await pipeline.close()
      }
    },
  )
}

function restored({ kafkaProxy, questdbProxy }: OwnServers): Promise<unknown> {
  return Promise.all([kafkaProxy.restore(), questdbProxy.restore()])
}

/** Waits until that many more trades stand in the table than now. */
export async function flow({ store }: Pipeline, trades: number, timeoutMs = 120_000): Promise<void> {
  const before = await eventually(() => tradeCount(store), { timeoutMs })
  await eventually(async () => expect(await tradeCount(store)).toBeGreaterThanOrEqual(before + trades), { timeoutMs, intervalMs: 100 })
}

/**
 * What must hold after every fault: a fresh record still arrives; then the collector stops, and every frame that the venue sent is in the journal or
 * lies in a gap; every captured item is one row, in order, none twice, in topic and table; journal, topics and tables agree.
 */
export async function conserved(pipeline: Pipeline, expected: Expected = {}) {
  const { gap, gaps = [], deadLetters = 0, repeats = false, movedKeys = false } = expected
  if (gap !== undefined) await gapIsTold(pipeline, gap)
  await freshRecordArrives(pipeline)
  await untilPublished(pipeline)
  await pipeline.running.collector!.stop()
  const all = await pipeline.verify(120_000)
  const report = { ...all, gaps: unexplained(all.gaps, pipeline, gap) }
  expect(report.findings.filter(({ verdict }) => verdict === 'incomplete')).toEqual([])
  expect(report.verdict).toBe('complete')
  if (deadLetters !== 'some') expect(report.dead_letters, 'dead letters').toBe(deadLetters)
  expect(
    [...new Set(report.gaps.map(({ reason }) => reason))].filter(reason => reason !== gap && !gaps.includes(reason)),
    'unexpected gaps',
  ).toEqual([])
  const sent = await account(pipeline.ledger, pipeline.journal)
  expect(sent.captured, 'captured frames').toBeGreaterThan(0)
  expect(sent.foreign, 'frames that the venue did not send').toBe(0)
  const unnamed = sent.lost.filter(({ from, to }) => !all.gaps.some(gap => gap.from <= to && gap.to >= from))
  expect(unnamed, 'frames that are neither in the journal nor in a gap').toEqual([])
  const sessions = [...new Set([...sent.items.keys()].map(key => key.split('/')[0]!))]
  if (!repeats) {
    const problems = await topicProblems(pipeline.bus(), new Set(sessions))
    expect(movedKeys ? problems.filter(problem => problem.endsWith(' twice')) : problems).toEqual([])
  }
  await rowsAreWhatWasSent(pipeline, sessions, sent)
  return { report, sent, sessions }
}

/** The gaps but for those that the machine explains; of these it says why. One of the reason that the fault is sure to cause stays: the fault explains it. */
export function unexplained(gaps: VerifyReport['gaps'], pipeline: Pipeline, sure?: string): VerifyReport['gaps'] {
  const held = starvationGaps(gaps, (fromMs, toMs) => pipeline.starvedMs(fromMs, toMs))
  const caused = gaps.filter(({ reason }) => reason === sure)
  const [first] = caused.every(gap => held.some(one => one.gap === gap)) ? caused : []
  const explained = held.filter(({ gap }) => gap !== first)
  for (const one of explained) console.log(describeExplained(one))
  return gaps.filter(gap => !explained.some(one => one.gap === gap))
}

/** A gap is written when all is registered again; what was on its way when the fault came may be stored before. */
async function gapIsTold({ store }: Pipeline, reason: string): Promise<void> {
  const told = () => store.query(`SELECT * FROM feed_gap WHERE reason = '${reason}'`)
  await eventually(async () => expect(await told(), `gaps: ${reason}`).not.toEqual([]), { timeoutMs: 120_000, intervalMs: 200 })
}

async function freshRecordArrives({ store }: Pipeline): Promise<void> {
  const nowUs = Date.now() * 1_000
  await eventually(async () => expect(await newestTradeUs(store)).toBeGreaterThan(nowUs), { timeoutMs: 120_000, intervalMs: 200 })
}

/** The market rests, so that a slow machine catches up before the collector is stopped. */
export async function untilPublished(pipeline: Pipeline): Promise<void> {
  await pipeline.inject({ fault: 'quiet', forMs: 600_000 })
  const lag = async () => (await statusOf<{ journal: { lagRecords: number } }>(pipeline.running.collector!)).journal.lagRecords
  await eventually(async () => expect(await lag()).toBe(0), { timeoutMs: 180_000, intervalMs: 200 })
}

async function rowsAreWhatWasSent(
  { store }: Pipeline,
  sessions: readonly string[],
  { items, trades }: Awaited<ReturnType<typeof account>>,
): Promise<void> {
  const stored = await rowCounts(store, sessions)
  const expected = new Map([...items].filter(([key]) => !key.endsWith('/undefined')))
  for (const [key, count] of expected) expect(stored.get(key) ?? 0, key).toBe(count)
  for (const key of stored.keys()) expect(expected.has(key), `${key} was sent`).toBe(true)
  expect(await disorder(store, sessions), 'rows out of order').toEqual([])
  expect(await cumulativeVolumes(store, sessions), 'trades of each item in the order sent').toEqual(trades)
}
