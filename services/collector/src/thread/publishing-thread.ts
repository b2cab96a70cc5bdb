import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Bus } from '@tickhouse/bus'
import { Checkpoint, checkpointPath, JournalFollower } from '@tickhouse/journal'
import { createLogger, createThreadRegistry, type Logger, type Registry } from '@tickhouse/runtime'
import { publish } from '../collect.ts'
import type { CollectorConfig } from '../config.ts'
import { Counts } from '../counts/counts.ts'
import { ItemFlow } from '../counts/item-flow.ts'
import type { Unregistered } from '../journal/unregistered.ts'
import { batchMeter } from '../metrics.ts'
import type { PublishPoint } from '../publish/publish-point.ts'
import { Publishing } from '../publish/publishing.ts'
import { type FromThread, type ThreadOrder, type ToThread, viewOf } from './messages.ts'

/** What a bus is connected with. */
export interface BusDeps {
  readonly config: CollectorConfig
  readonly log: Logger
  readonly registry: Registry
}

const pulseMs = 500

/** Publishes in this thread until it is told to close; resolves when everything is put away, and rejects as `publish` does. */
export async function publishInThread(busOf: (context: BusDeps) => Bus): Promise<void> {
  const { config, logLevel, journalMark, pulse } = workerData as ThreadOrder
  const port = parentPort as MessagePort
  const tell = (words: FromThread) => port.postMessage(words)
  const log = createLogger({ name: 'collector', level: logLevel })
  const registry = createThreadRegistry('collector', { collector: config.collector })
  const journal = new JournalFollower(config.journalDirectory, journalMark)
  const checkpoint = await Checkpoint.open<PublishPoint>({ path: checkpointPath(config.journalDirectory), log })
  const refused = new RefusedInSession()
  const items: ItemFlow = new ItemFlow(
    config.plan.requests,
    config.itemSilenceMs,
    {
      silent: (item, session) => tell({ say: 'silent', item, session }),
      spoke: (item, session, timestampUs) => tell({ say: 'spoke', item, session, timestampUs }),
      refused: () => refused.of(items.session),
    },
    log,
  )
  const counts = new Counts(log, items)
  const bus = busOf({ config, log, registry })
  const { lingerMs } = config
  const publishing = new Publishing({ journal, checkpoint, bus, log, lingerMs, observer: counts, onSent: batchMeter(registry) })
  const stop = new AbortController()
  const beating = beat(pulse)
  port.on('message', (words: ToThread) => {
    if (words.say === 'look') void look(words.number)
    else if (words.say === 'refused') refused.add(words.session, words.pairs)
    else void publishing.drained(words.drainMs).finally(() => stop.abort())
  })

  async function look(number: number): Promise<void> {
    const metrics = await registry.metrics()
    const { appendedEntries: entries, appendedBytes: bytes } = journal.standing
    const { problem, held, lag } = publishing
    tell({ say: 'looked', number, state: { problem, held, lag, appended: { entries, bytes }, counts: viewOf(counts), metrics } })
  }

  tell({ say: 'started' })
  await publish(publishing, stop.signal)
  await checkpoint.close()
  clearInterval(beating)
}

/** Shows that this thread is at work: a time that stands still is how others see that it is not. */
function beat(pulse: SharedArrayBuffer): NodeJS.Timeout {
  const lastNs = new BigInt64Array(pulse)
  const note = () => Atomics.store(lastNs, 0, process.hrtime.bigint())
  note()
  return setInterval(note, pulseMs)
}

/** What the venue has refused in the newest session of which that was told. */
class RefusedInSession {
  #session = ''
  #pairs: Unregistered[] = []

  /** The pairs were refused in that session; sessions rise. */
  add(session: string, pairs: Unregistered): void {
    if (session !== this.#session) this.#pairs = []
    this.#session = session
    this.#pairs.push(pairs)
  }

  /** What was refused in that session. */
  of(session: string): readonly Unregistered[] {
    return session === this.#session ? this.#pairs : []
  }
}
