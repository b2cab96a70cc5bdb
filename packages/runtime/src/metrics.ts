import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import manifest from '../package.json' with { type: 'json' }

export type { Registry }

/** A registry of its own per process: Node.js's default metrics, `tickhouse_build_info`, and the label `service` on everything. */
export function createRegistry(service: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const build = new Gauge({
    name: 'tickhouse_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node'],
    registers: [registry],
  })
  build.set({ version: manifest.version, node: process.versions.node }, 1)
  return registry
}
