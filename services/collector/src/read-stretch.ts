import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EntryBatch, JournalSource } from '@tickhouse/journal'
import type { Logger } from '@tickhouse/runtime'
import { BatchNormalizer, hearsNothing, type NormalizeObserver } from './normalize.ts'
import { countEntries, type Outbox, type Reach } from './outbox.ts'
import type { PublishedRecords } from './published.ts'
import type { JournalStretch } from './stretches.ts'

/** What reading the journal for publishing works with. */
export interface ReadParts {
  readonly journal: JournalSource
  readonly observer: NormalizeObserver
  readonly log: Logger
}

const pieceBytes = 64 * 1024
/** How long a backlog may be worked off between two looks at the sockets: short, so that capture times stay true meanwhile. */
const turnBudgetMs = 4

/** Takes a stretch of the journal through the normalizer into the outbox, to its end or until the signal aborts. */
export async function readStretch(
  { journal, observer, log }: ReadParts,
  { from, to, late, passedOver }: JournalStretch,
  published: PublishedRecords,
  outbox: Outbox,
  signal: AbortSignal,
): Promise<void> {
  const isFront = to === undefined
  const normalizer = new BatchNormalizer(from, published, isFront ? observer : hearsNothing, passedOver)
  const reach = (): Reach => ({ point: normalizer.point, isFront, late })
  const batches = isFront
    ? journal.readFrom(from.position, signal, { maxBytes: pieceBytes })
    : journal.readAll({ from: from.position, to, maxBytes: pieceBytes })
  let turnMs = performance.now()
  for await (const batch of batches) {
    if (signal.aborted) return
    if (isReadable(batch, log)) {
      normalizer.add(batch, outbox.parcel)
      if (isFront) countEntries(outbox.parcel, batch.entries)
      outbox.ready(reach)
    }
    await outbox.room()
    if (performance.now() - turnMs < turnBudgetMs) continue
    await nextTurn()
    turnMs = performance.now()
  }
}

/** A segment without a header belongs to no session: its bytes stay in the journal, and a person has to look. */
function isReadable({ header, start, damage }: EntryBatch, log: Logger): boolean {
  if (header.session !== '') return true
  log.error({ segment: start.segment, ...damage }, 'A segment of the journal cannot be read and was not published')
  return false
}
