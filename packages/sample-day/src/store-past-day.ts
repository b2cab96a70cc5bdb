import { type Bus, partitionKey } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { type Doing, delay, type Env, grouped, TickhouseError } from '@tickhouse/runtime'
import { runToEnd } from './child.ts'

/** What a past day goes through. */
export interface PastDayDeps {
  readonly bus: Bus
  /** Consumer group of the sink that stores it. */
  readonly group: string
  /** With it the publisher reaches Kafka. */
  readonly env: Env
}

const pollMs = 250
/** How long to wait for a sink that stores nothing. */
const idleMs = 60_000

/**
 * Publishes the journal of a past day and waits until the sink has stored it. What the topics hold is not published again, so that repeating it adds nothing. Throws
 * NOTHING_STORED when no sink takes it.
 */
export async function storePastDay(journalDirectory: string, { bus, group, env }: PastDayDeps, doing: Doing): Promise<void> {
  const { tell } = doing
  const publishing = { ...doing, tell: (sentence: () => string) => tell(() => `Publishing the journal: ${sentence()}`) }
  await runToEnd('collector/src/publish-journal.ts', { ...env, JOURNAL_DIR: journalDirectory }, publishing)
  await untilStored(bus, group, doing)
}

/** Waits until the sink has stored what the topics hold now, as long as it goes on. */
async function untilStored(bus: Bus, group: string, { tell, signal }: Doing): Promise<void> {
  const topics = entities.map(({ topic }) => topic.name)
  const ends = new Map((await bus.endOffsets(topics, signal)).map(end => [partitionKey(end), end.offset]))
  let least = Number.POSITIVE_INFINITY
  let deadline = 0
  for (;;) {
    const partitions = await bus.lag(group, topics, signal)
    const left = partitions.reduce((sum, { committed, end, lag, ...place }) => {
      const done = committed ?? end - lag
      return sum + Math.max(0, ends.get(partitionKey(place))! - done)
    }, 0)
    if (left === 0) return
    tell(() => `The sink stores: ${grouped(left)} records to go`)
    if (left < least) [least, deadline] = [left, performance.now() + idleMs]
    if (performance.now() > deadline) throw nothingStored(group, left)
    await delay(pollMs, signal)
  }
}

function nothingStored(group: string, left: number): TickhouseError {
  return new TickhouseError(
    'NOTHING_STORED',
    `${grouped(left)} records are in Kafka, and for ${idleMs / 1000} s the sink of group ${group} has stored none of them. ` +
      'Start one (`npm start` runs it, `npx tickhouse sink` runs it alone), or see what holds it up with `npx tickhouse doctor`; then run the same command again.',
    { group, left },
  )
}
