import { counter, gauge, type Registry, readMetrics } from '@tickhouse/runtime'
import type { SimulatorStatus } from './simulator.ts'

/** What the simulator counts. */
export const simulatorMetrics = {
  sent: counter('tickhouse_simulator_items_sent_total', 'Items of REAL frames handed to sessions', { dataset: 'trade' }),
  sessions: gauge('tickhouse_simulator_sessions', 'Sessions that are logged in'),
  registered: gauge('tickhouse_simulator_registered_pairs', 'Distinct pairs of type and item that get frames'),
}

/** Lets the metrics be read from the simulator's status whenever someone asks, so that counting costs nothing. */
export function declareMetrics(registry: Registry, status: () => SimulatorStatus): void {
  readMetrics(registry, simulatorMetrics, {
    sent: () => Object.entries(status().sent).map(([dataset, items]) => [{ dataset }, items] as const),
    sessions: () => status().sessions,
    registered: () => status().registered,
  })
}
