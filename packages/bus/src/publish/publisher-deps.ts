import type { Logger } from '@tickhouse/runtime'
import type { Packer } from '../compression/packing.ts'
import type { Kafka } from '../kafkajs/index.ts'
import type { BusMetrics } from '../metrics.ts'
import type { ReachOptions } from '../reach.ts'
import type { BatchLimits } from '../wire/batches.ts'
import type { RefusalTimeouts } from './refusal.ts'

/** How one publisher behaves. */
export interface PublisherOptions {
  /** For ever by default: then one topic holds up all that is published after it. */
  readonly refusalTimeouts?: RefusalTimeouts
}

/** What a publisher works with. */
export interface PublisherDeps extends PublisherOptions {
  readonly kafka: Kafka
  readonly metrics: BusMetrics
  readonly reach: ReachOptions
  readonly limits: BatchLimits
  readonly log: Logger
  /** Packs what is sent. */
  readonly packer?: Packer | undefined
  /** A send that takes longer is in doubt; 2 minutes by default. */
  readonly sendTimeoutMs?: number | undefined
}
