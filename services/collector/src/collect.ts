import { together } from '@tickhouse/runtime'
import { StretchNormalizer } from './publish/normalize.ts'
import type { JournalPass, Publishing } from './publish/publishing.ts'
import { piecesOf } from './publish/stretches.ts'
import type { SessionKeeper } from './session/keep-session.ts'

/** Venue → journal: one session after another, each from its token to its end. Nothing here waits for Kafka, since the venue cannot be paused. */
export async function capture(keeper: SessionKeeper, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await keeper.pauseAfter(await keeper.runSession(signal), signal)
}

/** Journal → Kafka, in a thread of its own: from the checkpoint on until the signal aborts, and again from there whenever something stood in the way. */
export async function publish(publishing: Publishing, signal: AbortSignal): Promise<void> {
  const work = (attempt: JournalPass) =>
    together(signal, [
      until => fill(publishing, attempt, until),
      until => empty(publishing, attempt, until, signal),
      until => publishing.untilSomeAreWell(until),
    ])
  while (!signal.aborted) await publishing.attempt(work, signal)
}

/** Frames become records, which wait in the outbox: no more of them than it has room for. */
async function fill({ deps }: Publishing, { stretches, published, outbox }: JournalPass, until: AbortSignal): Promise<void> {
  for (const stretch of stretches) {
    const normalizer = new StretchNormalizer(stretch, published, deps.observer)
    for await (const piece of piecesOf(deps, stretch, until)) {
      outbox.add(piece, normalizer)
      await outbox.wanted(piece, until)
    }
  }
}

/** What gathered goes to Kafka, one batch at a time; once it is acknowledged the checkpoint moves. */
async function empty(publishing: Publishing, { outbox, publisher }: JournalPass, until: AbortSignal, signal: AbortSignal): Promise<void> {
  for await (const closed of outbox.batches(until)) {
    await publishing.send(closed.batch, publisher, signal)
    publishing.acknowledged(closed)
  }
}
