import { counter, gauge } from '@tickhouse/runtime'

/** What the simulator counts. */
export const simulatorMetrics = {
  sent: counter('tickhouse_simulator_items_sent_total', 'Items sent to sessions in REAL frames', { dataset: 'trade' }),
  sessions: gauge('tickhouse_simulator_sessions', 'Sessions that are logged in'),
  registered: gauge('tickhouse_simulator_registered_pairs', 'Distinct pairs of type and item that sessions have registered'),
}
