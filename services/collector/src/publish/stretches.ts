import { entities } from '@tickhouse/catalogue'
import { comparePositions, type EntryBatch, type JournalSource, type Position } from '@tickhouse/journal'
import { type Logger, Turn } from '@tickhouse/runtime'
import type { HeldDatasets } from './held-datasets.ts'
import type { JournalPoint } from './publish-point.ts'

/** A part of the journal that is published in one go. */
export interface JournalStretch {
  readonly from: JournalPoint
  /** Undefined: on and on. */
  readonly to: Position | undefined
  /** Datasets that were held back and are published again: in this part alone, or from its beginning together with the others. */
  readonly late: readonly string[]
  /** Datasets whose records are passed over. */
  readonly passedOver: ReadonlySet<string>
}

const pieceBytes = 64 * 1024

/** First the late datasets alone, each from its point on, up to the front; from there on all that are not held. */
export function stretchesFrom(front: JournalPoint, { late, held }: HeldDatasets): JournalStretch[] {
  const points = late.map(({ point }) => point).sort((a, b) => comparePositions(a.position, b.position))
  const catchingUp = points.map((from, index): JournalStretch => {
    const names = late.filter(({ point }) => comparePositions(point.position, from.position) <= 0).map(({ dataset }) => dataset)
    const passedOver = new Set(entities.map(({ name }) => name).filter(name => !names.includes(name)))
    return { from, to: (points[index + 1] ?? front).position, late: names, passedOver }
  })
  return [
    ...catchingUp.filter(({ from, to }) => comparePositions(from.position, to!) < 0),
    { from: front, to: undefined, late: late.map(({ dataset }) => dataset), passedOver: held },
  ]
}

/** The pieces of a stretch, to its end or until the signal aborts. A backlog does not come in one go: in between is a look at what else waits. */
export async function* piecesOf(
  { journal, log }: { readonly journal: JournalSource; readonly log: Logger },
  { from: { position: from }, to }: JournalStretch,
  signal: AbortSignal,
): AsyncGenerator<EntryBatch, void, undefined> {
  const maxBytes = pieceBytes
  const turn = new Turn()
  for await (const piece of to === undefined ? journal.readFrom(from, signal, { maxBytes }) : journal.readAll({ from, to, maxBytes })) {
    if (signal.aborted) return
    if (isReadable(piece, log)) yield piece
    if (turn.isOver) await turn.next()
  }
}

/** A segment without a header belongs to no session: its bytes stay in the journal, and a person has to look. */
function isReadable({ header, start, damage }: EntryBatch, log: Logger): boolean {
  if (header.session !== '') return true
  log.error({ segment: start.segment, ...damage }, 'A segment of the journal cannot be read and was not published')
  return false
}
