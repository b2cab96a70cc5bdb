import type { Bus } from '@tickhouse/bus'
import { delay } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { grouped } from '../output.ts'
import type { Doing, Tell } from '../progress.ts'
import { type CollectorStatus, type SinkStatus, statusOf } from '../service-status.ts'
import { type VerifyReport, verify } from '../verify/verify.ts'
import type { Services } from './services.ts'
import { untilNoneRemain } from './until-none-remain.ts'

/** What is needed to end a run with nothing on its way. */
export interface WindDown extends Doing {
  readonly services: Services
  readonly bus: Bus
  readonly store: Store
  readonly journalDirectory: string
  readonly say: (sentence: string) => void
}

/** How long to wait for a backlog that does not become less. */
const idleMs = 60_000
/** What is on the wire of a silent venue arrives sooner than this. */
const quietMs = 300
/** A venue that is told to be silent, and is not, is not waited for longer. */
const silenceMs = 5_000

/**
 * Ends a run in the direction of the data, so that all that was sent is stored: the venue falls silent, the collector takes in what is on the
 * wire, publishes its journal and closes its session, the sink stores what is in Kafka. Then compares all three stations.
 */
export async function windDown(context: WindDown): Promise<VerifyReport> {
  const { services, bus, store, journalDirectory, say, tell, signal } = context
  await silence(context)
  say('Waiting until the collector has published its journal …')
  await untilDone(context, 'the collector has not published all of its journal', () => unpublished(services, tell))
  await services.collector.stop()
  await services.simulator?.stop()
  say('Waiting until the sink has stored what is in Kafka …')
  await untilDone(context, 'the sink has not stored everything', () => unstored(services, tell))
  say('Comparing journal, topics and tables …')
  return await verify({ journalDirectories: [journalDirectory], bus, store, waitMs: 30_000, tell, signal })
}

/** The simulated venue sends nothing more; its connection stays, so that the end of the session is the collector's. */
async function silence(context: WindDown): Promise<void> {
  const { simulator, collector } = context.services
  if (simulator?.announced === undefined) return
  const body = JSON.stringify({ fault: 'stall', forMs: 3_600_000 })
  await fetch(`${simulator.announced.url}/simulator/fault`, { method: 'POST', body, signal: context.signal }).catch(() => {})
  let before = -1
  context.tell(() => 'The collector takes in what is on its way from the venue')
  const deadline = performance.now() + silenceMs
  for (;;) {
    const received = receivedBy(await statusOf<CollectorStatus>(collector.announced?.http))
    if (received === before) return
    if (performance.now() > deadline) return context.say(`After ${silenceMs / 1000} s the collector still receives; going on without it`)
    before = received
    await delay(quietMs, context.signal)
  }
}

function receivedBy(status: CollectorStatus | undefined): number {
  return Object.values(status?.datasets ?? {}).reduce((sum, { received }) => sum + received, 0)
}

async function unpublished({ collector }: Services, tell: Tell): Promise<number | undefined> {
  const status = await statusOf<CollectorStatus>(collector.announced?.http)
  const records = status?.journal.lagRecords
  tell(() => `The collector publishes: ${toGo(records)}`)
  return records
}

async function unstored({ sink }: Services, tell: Tell): Promise<number | undefined> {
  const status = await statusOf<SinkStatus>(sink.announced?.http)
  const lags = status && Object.values(status.datasets).map(({ lag }) => lag)
  const known = lags?.reduce<number>((sum, lag) => sum + (lag ?? 0), 0)
  tell(() => `The sink stores: ${toGo(known)}`)
  return lags?.some(lag => lag === null || lag === undefined) ? undefined : known
}

function toGo(records: number | undefined): string {
  return records === undefined ? 'it does not answer' : `${grouped(records)} records to go`
}

/** Waits while there is progress, but not for ever without: then says what is not done, and the run ends all the same. */
async function untilDone({ signal, say }: WindDown, otherwise: string, remaining: () => Promise<number | undefined>): Promise<void> {
  if (await untilNoneRemain(remaining, { signal, idleMs, pollMs: 100 })) return
  say(`For ${idleMs / 1000} s nothing went on, and ${otherwise}; going on without it`)
}
