/** What can be said of a metric before anything is measured: what counts in a process, and the page `docs/metrics.md`, both come from it. */
export interface MetricDeclaration<Type extends MetricType = MetricType> {
  readonly type: Type
  readonly name: string
  readonly help: string
  /** Each label with an example of its values. */
  readonly labels: Readonly<Record<string, string>>
  /** Upper bounds of a histogram's buckets; empty for others. */
  readonly buckets: readonly number[]
}

export type MetricType = 'counter' | 'gauge' | 'histogram'

/** The metrics of one room by the names it uses for them. */
export type MetricDeclarations = Readonly<Record<string, MetricDeclaration>>

type Labels = MetricDeclaration['labels']

/** Something that only grows; its name ends in `_total`. */
export function counter(name: string, help: string, labels: Labels = {}): MetricDeclaration<'counter'> {
  return { type: 'counter', name, help, labels, buckets: [] }
}

/** Something that is so much now. */
export function gauge(name: string, help: string, labels: Labels = {}): MetricDeclaration<'gauge'> {
  return { type: 'gauge', name, help, labels, buckets: [] }
}

/** How a size or a time is distributed. */
export function histogram(name: string, help: string, buckets: readonly number[], labels: Labels = {}): MetricDeclaration<'histogram'> {
  return { type: 'histogram', name, help, labels, buckets }
}
