import { entities } from '@tickhouse/catalogue'
import { comparePositions, type Position } from '@tickhouse/journal'
import type { HeldDatasets } from './held-datasets.ts'
import type { JournalPoint } from './publish-point.ts'

/** A part of the journal that is published in one go. */
export interface JournalStretch {
  readonly from: JournalPoint
  /** Undefined: on and on. */
  readonly to: Position | undefined
  /** The datasets that catch up here, or have done so when it begins. */
  readonly late: readonly string[]
  /** Datasets whose records are passed over. */
  readonly passedOver: ReadonlySet<string>
}

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
