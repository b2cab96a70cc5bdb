import type { Bus, Message } from '@tickhouse/bus'
import { entityOf, entityOfTopic } from '@tickhouse/catalogue'
import { delay, isAbort, type Logger, messageOf } from '@tickhouse/runtime'
import type { HeldDatasets } from './held-datasets.ts'
import { lookUp } from './look-up.ts'
import type { TopicEnds } from './progress.ts'

/** What looking at held topics works with. */
export interface LookDeps {
  readonly bus: Bus
  readonly log: Logger
  readonly held: HeldDatasets
  readonly ends: TopicEnds
  /** Two seconds unless told otherwise. */
  readonly lookEveryMs?: number | undefined
}

/** How long one record may take to be acknowledged before its topic counts as not well. */
const sampleMs = 10_000

/** Looks every few seconds whether topics of held datasets are well again; resolves when some are, and those datasets are released. */
export async function lookAtHeld(deps: LookDeps, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await delay(deps.lookEveryMs ?? 2_000, signal)
      const well = await wellAgain(deps, signal)
      if (well.length === 0) continue
      deps.log.info({ datasets: well }, 'The topics of held datasets accept records again: publishing what waits in the journal')
      return deps.held.release(well)
    }
  } catch (error) {
    if (!isAbort(error) && !signal.aborted) throw error
  }
}

/** The held datasets whose topics can be read and take the record that they refused. */
async function wellAgain(deps: LookDeps, signal: AbortSignal): Promise<string[]> {
  const { bus, log, held, ends } = deps
  const topics = [...held.held].map(topicOf)
  if (topics.length === 0) return []
  const present = new Set<string>()
  try {
    const { faults } = await lookUp(
      bus,
      topics,
      { offsets: ends.known ?? {}, otherwise: 'earliest' },
      ({ topic, value }) => {
        const sample = held.sampleOf(datasetOf(topic))
        if (sample !== undefined && value?.equals(Buffer.from(sample.value))) present.add(topic)
      },
      signal,
    )
    const readable = topics.filter(topic => !faults.has(topic))
    const taken = await Promise.all(readable.map(async topic => present.has(topic) || (await takesSample(deps, topic, signal))))
    return readable.filter((_, index) => taken[index]).map(datasetOf)
  } catch (error) {
    signal.throwIfAborted()
    log.debug({ problem: messageOf(error) }, 'Held topics could not be looked at')
    return []
  }
}

/** Whether the topic takes the very record that it refused; recovery finds it there. */
async function takesSample({ bus, held, log }: LookDeps, topic: string, signal: AbortSignal): Promise<boolean> {
  const sample = held.sampleOf(datasetOf(topic))
  if (sample === undefined) return true
  return await takes(bus, sample, signal).catch(error => {
    signal.throwIfAborted()
    log.debug({ topic, problem: messageOf(error) }, 'The topic still refuses')
    return false
  })
}

async function takes(bus: Bus, sample: Message, signal: AbortSignal): Promise<boolean> {
  const publisher = bus.publisher({ refusalTimeouts: { missingMs: 0, refusingMs: 0 } })
  try {
    await publisher.publish([sample], AbortSignal.any([signal, AbortSignal.timeout(sampleMs)]))
    return true
  } finally {
    await publisher.close()
  }
}

function topicOf(dataset: string): string {
  return entityOf(dataset).topic.name
}

function datasetOf(topic: string): string {
  return entityOfTopic(topic)!.name
}
