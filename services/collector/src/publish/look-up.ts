import { type Bus, type OffsetRange, type OnRecord, type ReadStart, topicsOf } from '@tickhouse/bus'
import { TickhouseError } from '@tickhouse/runtime'

/** What reading the topics gave: where each partition was read from and to, and which topics could not be read. */
export interface LookedUp extends OffsetRange {
  /** By topic, why. */
  readonly faults: ReadonlyMap<string, Error>
}

/** A read of which nothing comes for so long is stuck: at a partition without a leader, say. */
const stuckMs = 30_000
const stuckAloneMs = 5_000
/** When so many topics are stuck one after another, it is not for their sake. */
const maxStuck = 3

/**
 * Reads what may be in doubt of each topic. Topics that are missing, forbidden or unreadable are left out and told, unless it is all of them that Kafka forbids.
 * Waits for a Kafka that is away as a whole, and throws after a while to say so.
 */
export async function lookUp(
  bus: Bus,
  topics: readonly string[],
  from: ReadStart,
  onRecord: OnRecord,
  signal: AbortSignal,
): Promise<LookedUp> {
  const found = { starts: new Map<string, number>(), ends: new Map<string, number>(), faults: new Map<string, Error>() }
  const read = async (some: readonly string[], ms: number) => {
    const { starts, ends } = await readWithin(bus, some, from, onRecord, ms, signal)
    for (const [key, offset] of starts) found.starts.set(key, offset)
    for (const [key, offset] of ends) found.ends.set(key, offset)
  }
  for (let left = topics; left.length > 0; ) {
    try {
      await read(left, stuckMs)
      break
    } catch (error) {
      signal.throwIfAborted()
      const named = topicsOf(error).filter(topic => left.includes(topic))
      if (named.length === 0) {
        await oneByOne(left, read, found.faults, error)
        signal.throwIfAborted()
        break
      }
      for (const topic of named) found.faults.set(topic, error as Error)
      left = left.filter(topic => !named.includes(topic))
    }
  }
  const [first] = found.faults.values()
  if (found.faults.size === topics.length && isForbidden(first)) throw asWhole(first)
  return found
}

/** Reads topics to their ends, but not longer than `ms` without a record; then throws TOPIC_STUCK. */
async function readWithin(
  bus: Bus,
  topics: readonly string[],
  from: ReadStart,
  onRecord: OnRecord,
  ms: number,
  signal: AbortSignal,
): Promise<OffsetRange> {
  const stuck = new AbortController()
  const timer = setTimeout(() => stuck.abort(new TickhouseError('TOPIC_STUCK', `Kafka gives no records for ${ms / 1000} s`)), ms)
  const watched: OnRecord = record => {
    timer.refresh()
    return onRecord(record)
  }
  try {
    return await bus.readFrom(topics, from, watched, AbortSignal.any([signal, stuck.signal]))
  } finally {
    clearTimeout(timer)
  }
}

/** One of them is at fault, and the error does not say which. */
async function oneByOne(
  topics: readonly string[],
  read: (topics: readonly string[], ms: number) => Promise<void>,
  faults: Map<string, Error>,
  error: unknown,
): Promise<void> {
  if (topics.length === 1 || (error as { retriable?: boolean }).retriable === true) throw error
  let stuck = 0
  for (const topic of topics) {
    const fault = await read([topic], stuckAloneMs).then(
      () => undefined,
      (reason: Error & { code?: string }) => reason,
    )
    stuck = fault?.code === 'TOPIC_STUCK' ? stuck + 1 : 0
    if (stuck === maxStuck) throw error
    if (fault !== undefined) faults.set(topic, fault)
  }
}

/** It is not for the sake of one topic. */
function asWhole(fault: TickhouseError): TickhouseError {
  return new TickhouseError(fault.code, fault.message, { cause: fault })
}

/** Wrong credentials, or no rights. */
export function isForbidden(error: unknown): error is TickhouseError {
  return error instanceof TickhouseError && ['BUS_AUTHENTICATION_FAILED', 'BUS_NOT_ALLOWED'].includes(error.code)
}
