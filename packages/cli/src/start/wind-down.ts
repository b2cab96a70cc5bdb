import type { Bus } from '@tickhouse/bus'
import { delay } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { grouped } from '../output.ts'
import type { Doing, Tell } from '../progress.ts'
import { type CollectorStatus, type SinkStatus, statusOf } from '../service-status.ts'
import { type VerifyReport, verify } from '../verify/verify.ts'
import type { Services } from './services.ts'

/** What is needed to end a run with nothing on its way. */
export interface WindDown extends Doing {
  readonly services: Services
  readonly bus: Bus
  readonly store: Store
  readonly journalDirectory: string
  readonly say: (sentence: string) => void
}

const patienceMs = 60_000
/** What is on the wire of a silent venue arrives sooner than this. */
const quietMs = 300

/**
 * Ends a run in the direction of the data, so that all that was sent is stored: the venue falls silent, the collector takes in what is on the
 * wire, publishes its journal and closes its session, the sink stores what is in Kafka. Then compares all three stations.
 */
export async function windDown(context: WindDown): Promise<VerifyReport> {
  const { services, bus, store, journalDirectory, say, tell, signal } = context
  await silence(context)
  say('Waiting until the collector has published its journal …')
  await until(context, 'the collector has not published all of its journal', () => isPublished(services, tell))
  await services.collector.stop()
  await services.simulator?.stop()
  say('Waiting until the sink has stored what is in Kafka …')
  await until(context, 'the sink has not stored everything', () => isDrained(services, tell))
  say('Comparing journal, topics and tables …')
  return await verify({ journalDirectory, bus, store, waitMs: 30_000, tell, signal })
}

/** The simulated venue sends nothing more; its connection stays, so that the end of the session is the collector's. */
async function silence(context: WindDown): Promise<void> {
  const { simulator, collector } = context.services
  if (simulator?.announced === undefined) return
  const body = JSON.stringify({ fault: 'stall', forMs: 3_600_000 })
  await fetch(`${simulator.announced.url}/simulator/fault`, { method: 'POST', body, signal: context.signal }).catch(() => {})
  let before = -1
  const isQuiet = async () => {
    const received = receivedBy(await statusOf<CollectorStatus>(collector.announced?.http))
    const same = received === before
    before = received
    return same
  }
  await until(context, 'the collector still receives', isQuiet, 5000, quietMs)
}

function receivedBy(status: CollectorStatus | undefined): number {
  return Object.values(status?.datasets ?? {}).reduce((sum, { received }) => sum + received, 0)
}

async function isPublished({ collector }: Services, tell: Tell): Promise<boolean> {
  const status = await statusOf<CollectorStatus>(collector.announced?.http)
  tell(
    () => `The collector publishes: ${status === undefined ? 'it does not answer' : `${grouped(status.journal.lagRecords)} records to go`}`,
  )
  return status !== undefined && status.journal.lagRecords === 0
}

async function isDrained({ sink }: Services, tell: Tell): Promise<boolean> {
  const status = await statusOf<SinkStatus>(sink.announced?.http)
  const lag = Object.values(status?.datasets ?? {}).reduce((sum, dataset) => sum + (dataset.lag ?? 0), 0)
  tell(() => `The sink stores: ${status === undefined ? 'it does not answer' : `${grouped(lag)} records to go`}`)
  return status !== undefined && Object.values(status.datasets).every(({ lag }) => lag === 0)
}

/** Waits for `done`, but not for ever: then says what is not done, and the run ends all the same. */
async function until(
  { signal, say }: WindDown,
  otherwise: string,
  done: () => Promise<boolean>,
  timeoutMs = patienceMs,
  pollMs = 100,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await done())) {
    if (performance.now() > deadline) return say(`After ${timeoutMs / 1000} s ${otherwise}; going on without it`)
    await delay(pollMs, signal)
  }
}
