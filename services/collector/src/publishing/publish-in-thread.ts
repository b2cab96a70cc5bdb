import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Bus } from '@tickhouse/bus'
import { Checkpoint, checkpointPath, JournalFollower } from '@tickhouse/journal'
import { createLogger, createThreadRegistry, type Logger, type Registry } from '@tickhouse/runtime'
import type { CollectorConfig } from '../config.ts'
import { ItemFlow } from '../item-flow.ts'
import { parcelMeter } from '../metrics.ts'
import { Publishing } from '../publish.ts'
import type { PublishPoint } from '../publish-point.ts'
import { Tally } from '../tally.ts'
import { RefusedInSession } from './refused-in-session.ts'
import { type FromThread, type ThreadOrder, type ToThread, viewOf } from './words.ts'

/** What a bus is connected with. */
export interface BusContext {
  readonly config: CollectorConfig
  readonly log: Logger
  readonly registry: Registry
}

const pulseMs = 500

/** Publishes in this thread until it is told to close; resolves when everything is put away, and rejects as `Publishing.run` does. */
export async function publishInThread(busOf: (context: BusContext) => Bus): Promise<void> {
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
  const tally = new Tally(log, items)
  const bus = busOf({ config, log, registry })
  const { lingerMs } = config
  const publishing = new Publishing({ journal, checkpoint, bus, log, lingerMs, observer: tally, onSent: parcelMeter(registry) })
  const beating = beat(pulse)
  port.on('message', (words: ToThread) => {
    if (words.say === 'look') void look(words.number)
    else if (words.say === 'refused') refused.add(words.session, words.pairs)
    else void publishing.close(words.drainMs)
  })

  async function look(number: number): Promise<void> {
    const metrics = await registry.metrics()
    const { appendedEntries: entries, appendedBytes: bytes } = journal.standing
    const { problem, held, lag } = publishing
    tell({ say: 'looked', number, state: { problem, held, lag, appended: { entries, bytes }, tally: viewOf(tally), metrics } })
  }

  tell({ say: 'started' })
  await publishing.run()
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
