import { compareStages, type VerifyReport } from '@tickhouse/audit'
import type { Bus } from '@tickhouse/bus'
import { askStatus } from '@tickhouse/page'
import { type CollectorStatus, type Doing, delay, grouped, type SinkStatus, type Tell } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { Services } from './services.ts'

/** A run that is about to end, and what is needed to end it with nothing on its way. */
export interface EndingRun extends Doing {
  readonly services: Services
  readonly bus: Bus
  readonly store: Store
  readonly journalDirectory: string
  readonly say: (sentence: string) => void
}

/** How long to wait for a backlog that does not shrink. */
const idleMs = 60_000
/** Frames of a silent venue that are still on the wire arrive sooner than this. */
const quietMs = 300
/** How long to wait for a venue that does not fall silent although it was told to. */
const silenceMs = 5_000

/**
 * Ends a run in the direction of the data, so that all that was sent is stored: the venue falls silent, the collector takes in what is on the
 * wire, publishes its journal and closes its session, the sink stores what is in Kafka. Then compares all three stages.
 */
export async function windDown(run: EndingRun): Promise<VerifyReport> {
  const { services, bus, store, journalDirectory, say, tell, signal } = run
  await silence(run)
  say('Waiting until the collector has published its journal …')
  await untilDone(run, 'the collector has not published all of its journal', () => unpublished(services, tell))
  await services.collector.stop()
  await services.simulator?.stop()
  say('Waiting until the sink has stored what is in Kafka …')
  await untilDone(run, 'the sink has not stored everything', () => unstored(services, tell))
  say('Comparing journal, topics and tables …')
  return await compareStages({ journalDirectories: [journalDirectory], bus, store, waitMs: 30_000, tell, signal })
}

/** The simulated venue sends nothing more; its connection stays, so that the end of the session is the collector's. */
async function silence(run: EndingRun): Promise<void> {
  const { simulator, collector } = run.services
  if (simulator?.announced === undefined) return
  const body = JSON.stringify({ fault: 'stall', forMs: 3_600_000 })
  await fetch(`${simulator.announced.url}/simulator/fault`, { method: 'POST', body, signal: run.signal }).catch(() => {})
  let before = -1
  run.tell(() => 'The collector takes in what is on its way from the venue')
  const deadline = performance.now() + silenceMs
  for (;;) {
    const received = receivedBy(await askStatus<CollectorStatus>(collector.announced?.http))
    if (received === before) return
    if (performance.now() > deadline) return run.say(`After ${silenceMs / 1000} s the collector still receives; going on without it`)
    before = received
    await delay(quietMs, run.signal)
  }
}

function receivedBy(status: CollectorStatus | undefined): number {
  return Object.values(status?.datasets ?? {}).reduce((sum, { received }) => sum + received, 0)
}

async function unpublished({ collector }: Services, tell: Tell): Promise<number | undefined> {
  const status = await askStatus<CollectorStatus>(collector.announced?.http)
  const records = status?.journal.lagRecords
  tell(() => `The collector publishes: ${toGo(records)}`)
  return records
}

async function unstored({ sink }: Services, tell: Tell): Promise<number | undefined> {
  const status = await askStatus<SinkStatus>(sink.announced?.http)
  const lags = status && Object.values(status.datasets).map(({ lag }) => lag)
  const known = lags?.reduce<number>((sum, lag) => sum + (lag ?? 0), 0)
  tell(() => `The sink stores: ${toGo(known)}`)
  return lags?.some(lag => lag === null || lag === undefined) ? undefined : known
}

function toGo(records: number | undefined): string {
  return records === undefined ? 'it does not answer' : `${grouped(records)} records to go`
}

/** Waits while there is progress. Without progress it says what is not done, and the run ends anyway. */
async function untilDone({ signal, say }: EndingRun, otherwise: string, remaining: () => Promise<number | undefined>): Promise<void> {
  if (await untilNoneRemain(remaining, { signal, idleMs, pollMs: 100 })) return
  say(`For ${idleMs / 1000} s there was no progress, and ${otherwise}; going on without it`)
}

/** How long to wait without progress, and how often to ask. */
export interface WaitLimits {
  readonly signal: AbortSignal
  readonly idleMs: number
  readonly pollMs: number
}

/**
 * Waits as long as the rest shrinks, however long that takes. Each step forward starts `idleMs` anew; false when it passes without a step.
 * `remaining` returns undefined when the service does not answer.
 */
export async function untilNoneRemain(
  remaining: () => Promise<number | undefined>,
  { signal, idleMs, pollMs }: WaitLimits,
): Promise<boolean> {
  let least = Number.POSITIVE_INFINITY
  let deadline = performance.now() + idleMs
  for (;;) {
    const left = await remaining()
    if (left === 0) return true
    if (left !== undefined && left < least) {
      least = left
      deadline = performance.now() + idleMs
    }
    if (performance.now() > deadline) return false
    await delay(pollMs, signal)
  }
}
