import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { gauge, type MetricDeclaration, type MetricDeclarations } from './metric-declarations.ts'
import { version } from './release.ts'

export type { Registry }

/** What every process shows besides the metrics of Node.js. */
export const processMetrics = {
  buildInfo: gauge('tickhouse_build_info', 'Always 1; the labels name the running version', { version, node: '24.0.0' }),
}

/** A registry of its own per process: Node.js's default metrics, `tickhouse_build_info`, and the label `service` on everything. */
export function createRegistry(service: string): Registry {
  const registry = createThreadRegistry(service)
  collectDefaultMetrics({ register: registry })
  const { buildInfo } = createMetrics(registry, processMetrics)
  buildInfo.set({ version, node: process.versions.node }, 1)
  return registry
}

/** A registry for another thread of such a process: nothing is in it that the process shows already. */
export function createThreadRegistry(service: string, labels: Readonly<Record<string, string>> = {}): Registry {
  const registry = new Registry()
  labelAll(registry, { service, ...labels })
  return registry
}

/** Puts these labels, and no others, on everything that a registry shows. */
export function labelAll(registry: Registry, labels: { readonly service: string } & Readonly<Record<string, string>>): void {
  registry.setDefaultLabels(labels)
}

type MetricOf<D> = D extends MetricDeclaration<'counter'> ? Counter : D extends MetricDeclaration<'gauge'> ? Gauge : Histogram

/** The metrics of declarations, to count with. */
export type MetricsOf<D extends MetricDeclarations> = { readonly [Name in keyof D]: MetricOf<D[Name]> }

/** Puts metrics into a registry; one that is there already is shared. */
export function createMetrics<D extends MetricDeclarations>(registry: Registry, declarations: D): MetricsOf<D> {
  const entries = Object.entries(declarations).map(([name, declaration]) => [
    name,
    registry.getSingleMetric(declaration.name) ?? create(declaration, registry),
  ])
  return Object.fromEntries(entries) as MetricsOf<D>
}

/** What a metric shows at the moment: one number, or one for each combination of labels. */
export type Reading = number | Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>

/** Puts metrics into a registry that are read when someone asks, so that counting costs nothing. */
export function readMetrics<D extends Readonly<Record<string, MetricDeclaration<'counter' | 'gauge'>>>>(
  registry: Registry,
  declarations: D,
  sources: { readonly [Name in keyof D]: () => Reading },
): void {
  for (const [name, declaration] of Object.entries(declarations)) create(declaration, registry, sources[name])
}

function create({ type, name, help, labels, buckets }: MetricDeclaration, registry: Registry, read?: () => Reading) {
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] }
  if (type === 'histogram') return new Histogram({ ...options, buckets: [...buckets] })
  if (read === undefined) return type === 'counter' ? new Counter(options) : new Gauge(options)
  if (type === 'counter') return new Counter({ ...options, collect: counterOf(read) })
  return new Gauge({ ...options, collect: gaugeOf(read) })
}

function counterOf(read: () => Reading) {
  return function collect(this: Counter): void {
    this.reset()
    for (const [labels, value] of valuesOf(read())) this.inc(labels, value)
  }
}

function gaugeOf(read: () => Reading) {
  return function collect(this: Gauge): void {
    this.reset()
    for (const [labels, value] of valuesOf(read())) this.set(labels, value)
  }
}

function valuesOf(reading: Reading): Exclude<Reading, number> {
  return typeof reading === 'number' ? [[{}, reading]] : reading
}
