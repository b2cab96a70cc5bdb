import type { NormalizerState } from '@tickhouse/catalogue'
import type { Position } from '@tickhouse/journal'

/** How far publishing has come: everything before `position` is acknowledged by Kafka, and `state` is where its session stands there. */
export interface PublishPoint {
  readonly position: Position
  readonly session: string
  readonly state: NormalizerState
}
