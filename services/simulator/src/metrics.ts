import type { Registry } from '@tickhouse/runtime'
import { Counter, Gauge } from 'prom-client'
import type { SimulatorStatus } from './simulator.ts'

/** Declares what the simulator counts; read from its status whenever someone asks, so that counting costs nothing. */
export function declareMetrics(registry: Registry, status: () => SimulatorStatus): void {
  const registers = [registry]
  new Counter({
    name: 'tickhouse_simulator_items_sent_total',
    help: 'Items of REAL frames handed to sessions',
    labelNames: ['dataset'],
    registers,
    collect() {
      this.reset()
      for (const [dataset, items] of Object.entries(status().sent)) this.inc({ dataset }, items)
    },
  })
  new Gauge({
    name: 'tickhouse_simulator_sessions',
    help: 'Sessions that are logged in',
    registers,
    collect() {
      this.set(status().sessions)
    },
  })
  new Gauge({
    name: 'tickhouse_simulator_registered_pairs',
    help: 'Distinct pairs of type and item that get frames',
    registers,
    collect() {
      this.set(status().registered)
    },
  })
}
