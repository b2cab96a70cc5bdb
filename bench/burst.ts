import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { metricOf, Pipeline, type Service, statusOf } from '../tests/pipeline.ts'
import { controlUs, quietnessRows, watchMachine } from './machine.ts'
import { cpuUs, peakMemoryMb } from './process-cost.ts'
import type { BenchRow } from './report.ts'
import { ownBenchServers } from './servers.ts'

const FRAMES = Number(process.env.BENCH_FRAMES ?? 250_000)
const BEFORE_MS = 15_000
const POLL_MS = 250
/** The collector looks so often how late its event loop is, and its figures hold that pause. */
const SAMPLE_S = 0.01
const setups = [
  { name: 'collector and Kafka', hasSink: false },
  { name: 'with sink and QuestDB', hasSink: true },
]

/**
 * The market opening: a burst of frames, as fast as they can be sent. How late the thread of the sockets is meanwhile, whether all is journalled, and when all is
 * published. BENCH_FRAMES changes how many.
 */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const setup of setups) rows.push(...(await measure(setup)))
  return rows
}

interface JournalState {
  readonly position: { readonly segment: number; readonly offset: number }
  readonly pendingBytes: number
  readonly lagRecords: number
}

async function measure({ name, hasSink }: (typeof setups)[number]): Promise<BenchRow[]> {
  const controlBefore = controlUs()
  const servers = await ownBenchServers()
  const pipeline = await Pipeline.open({ brokers: servers.kafka.brokers, questdb: servers.quest.configurationString })
  try {
    const simulator = await pipeline.simulator({ SIMULATOR_RATE: '50', SIMULATOR_SEED: '1' })
    const collector = await pipeline.collector()
    const sinks = hasSink ? [await pipeline.sink()] : []
    const pids = [simulator, collector, ...sinks].map(({ pid }) => pid)
    await sleep(BEFORE_MS)
    const machine = watchMachine([...pids, servers.kafka.pid!, servers.quest.pid!, process.pid])
    const framesBefore = await framesOf(collector)
    const cpuBefore = cpuUs(collector.pid)
    const startedAt = performance.now()
    // How late the event loop was is counted from one look at the metrics to the next.
    using idle = monitorEventLoopDelay({ resolution: SAMPLE_S * 1_000 })
    idle.enable()
    await pipeline.inject({ fault: 'burst', frames: FRAMES })
    await untilCaptured(collector)
    const capturedS = (performance.now() - startedAt) / 1_000
    const late = await latenessOf(collector)
    const control = { p99Ms: lateMs(idle.percentile(99) / 1e9), greatestMs: lateMs(idle.max / 1e9) }
    await untilPublished(collector)
    const publishedS = (performance.now() - startedAt) / 1_000
    const frames = (await framesOf(collector)) - framesBefore
    const us = (cpuUs(collector.pid) - cpuBefore) / frames
    const lost = await metricOf(collector, 'tickhouse_collector_discarded_total', { reason: 'journal_full' })
    const named = (what: string, figure: string): BenchRow => ({ what: `${FRAMES} frames at once, ${name}: ${what}`, figure })
    return [
      named('frames received, entries that the journal lost', `${frames}, ${lost}`),
      named('event-loop delay of the thread of the sockets', lateText(late)),
      named('event-loop delay of this process, which does nothing meanwhile', lateText(control)),
      named('all journalled, all published', `after ${capturedS.toFixed(1)} s, after ${publishedS.toFixed(1)} s`),
      named('collector', `${us.toFixed(1)} µs of CPU a frame, at most ${peakMemoryMb(collector.pid).toFixed(0)} MB`),
      ...quietnessRows({ ...machine(), controlUs: [controlBefore, controlUs()] }).map(({ what, figure }) => named(what, figure)),
    ]
  } finally {
    await pipeline.close()
    await servers.close()
  }
}

function framesOf(collector: Service): Promise<number> {
  return metricOf(collector, 'tickhouse_collector_frames_received_total', { kind: 'real' })
}

/** Until the journal grows no faster than before, and all of it is in the files. */
async function untilCaptured(collector: Service): Promise<void> {
  const maxBetween = 100_000
  let before = await journalOf(collector)
  for (let hasGrown = false; ; await sleep(POLL_MS)) {
    const now = await journalOf(collector)
    const isSame = now.position.segment === before.position.segment && now.position.offset - before.position.offset < maxBetween
    if (hasGrown && isSame && now.pendingBytes < maxBetween) return
    hasGrown ||= !isSame
    before = now
  }
}

async function untilPublished(collector: Service): Promise<void> {
  while ((await journalOf(collector)).lagRecords > 100) await sleep(POLL_MS)
}

async function journalOf(collector: Service): Promise<JournalState> {
  return (await statusOf<{ journal: JournalState }>(collector)).journal
}

interface Lateness {
  readonly p99Ms: number
  readonly greatestMs: number
}

/** How late timers of the thread were since its metrics were looked at before. */
async function latenessOf(collector: Service): Promise<Lateness> {
  const text = await (await fetch(`${collector.announced.url}/metrics`)).text()
  const secondsOf = (name: string) => Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds[^ ]* (.+)$`, 'm').exec(text)![1])
  return { p99Ms: lateMs(secondsOf('p99')), greatestMs: lateMs(secondsOf('max')) }
}

function lateMs(seconds: number): number {
  return Math.max(0, seconds - SAMPLE_S) * 1_000
}

function lateText({ p99Ms, greatestMs }: Lateness): string {
  return `p99 ${p99Ms.toFixed(0)} ms, greatest ${greatestMs.toFixed(0)} ms`
}
