import { Turn } from '@tickhouse/runtime'
import type { EntryBatch } from '../format/batch.ts'
import { beginning, comparePositions, type Position } from '../format/position.ts'
import type { Standing } from './mark.ts'

/** Which part of a journal to read; `to` is not included. */
export interface ReadRange {
  readonly from?: Position
  readonly to?: Position
  readonly maxBytes?: number
}

/** What a publisher needs of a journal that grows; the journal itself is one, and in other threads a `JournalFollower`. */
export interface JournalSource {
  /** Behind the last entry that was appended. */
  readonly end: Position
  /** The same, with what was appended up to there since the journal was opened. */
  readonly standing: Standing
  /** Batches from a position on, as soon as they are written, until the signal aborts. */
  readFrom(position: Position, signal: AbortSignal, options?: { readonly maxBytes?: number }): AsyncGenerator<EntryBatch, void, undefined>
  /** Everything appended between two positions (default: all there is now), and then ends; waits for what is still to be written. */
  readAll(range?: ReadRange): AsyncGenerator<EntryBatch, void, undefined>
}

/** Reads batch by batch, from whatever holds them. */
export interface BatchReader {
  /** The next batch at or after `at` and before `until`; undefined when nothing is written there yet. */
  next(at: Position, maxBytes: number, until?: Position): Promise<EntryBatch | undefined>
  close(): Promise<void>
}

/** A journal that grows while it is read. */
export interface Growing {
  open(): BatchReader
  /** Wakes whenever something was written. */
  readonly written: { readonly count: number; after(seen: number): Promise<void>; notify(): void }
  /** Whether nothing that was appended will still be written. */
  isAllWritten(): boolean
}

/** Batches from a position on, as soon as they are written, until the signal aborts. */
export async function* followFrom(
  { open, written }: Growing,
  position: Position,
  signal: AbortSignal,
  maxBytes = 256 * 1024,
): AsyncGenerator<EntryBatch, void, undefined> {
  const wake = () => written.notify()
  signal.addEventListener('abort', wake)
  const reader = open()
  try {
    for (let at = position; !signal.aborted; ) {
      const seen = written.count
      const batch = await reader.next(at, maxBytes)
      if (batch !== undefined) {
        yield batch
        at = batch.end
      } else if (!signal.aborted) await written.after(seen)
    }
  } finally {
    signal.removeEventListener('abort', wake)
    await reader.close()
  }
}

/** Everything between two positions, and then ends. What is there already does not come in one go: sockets are read in between. */
export async function* readBetween(
  { open, written, isAllWritten }: Growing,
  to: Position,
  { from = beginning, maxBytes = 1024 * 1024 }: ReadRange,
): AsyncGenerator<EntryBatch, void, undefined> {
  const reader = open()
  const turn = new Turn()
  try {
    for (let at = from; comparePositions(at, to) < 0; ) {
      const seen = written.count
      // Asked before reading: what is written meanwhile is read next time.
      const isLast = isAllWritten()
      const batch = await reader.next(at, maxBytes, to)
      if (batch === undefined) {
        if (isLast) return
        await written.after(seen)
      } else {
        yield batch
        at = batch.end
        if (turn.isOver) await turn.next()
      }
    }
  } finally {
    await reader.close()
  }
}
