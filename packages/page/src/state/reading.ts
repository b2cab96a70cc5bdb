import type { Problem } from '@tickhouse/runtime'
import type { SeenCollector } from '../observe/collectors.ts'
import type { Snapshot } from '../observe/observer.ts'
import type { Today } from '../observe/today.ts'

/** What keeps a service from being ready; an Error when it does not answer, undefined when its address is not known. */
export type Readiness = readonly Problem[] | Error | undefined

/** A collector, and what keeps it from being ready. */
export interface CollectorReading extends SeenCollector {
  readonly readiness: Readiness
}

/** What the page found at one moment. */
export interface PageReading {
  readonly snapshot: Snapshot
  /** Those of the snapshot. */
  readonly collectors: readonly CollectorReading[]
  readonly sink: Readiness
  readonly today: Today | undefined
  /** Until when the market is closed, in words; null while it is open, or when that is unknown. */
  readonly closed: string | null
}

/** The problem that a service has with a part, such as Kafka; undefined when it has none or says nothing. */
export function troubleWith(readiness: Readiness, ...components: readonly string[]): string | undefined {
  return Array.isArray(readiness) ? readiness.find(({ component }) => components.includes(component))?.message : undefined
}

/** The first problem that a collector has with Kafka. */
export function publishingTrouble({ collectors }: PageReading): string | undefined {
  return collectors.map(({ readiness }) => troubleWith(readiness, 'publishing')).find(trouble => trouble !== undefined)
}
