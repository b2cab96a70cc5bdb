import { busMetrics } from '@tickhouse/bus'
import { type MetricDeclaration, processMetrics } from '@tickhouse/runtime'
import { batchMetrics, collectorMetrics } from '../../services/collector/src/metrics.ts'
import { simulatorMetrics } from '../../services/simulator/src/metrics.ts'
import { sinkMetrics, sinkReadings } from '../../services/sink/src/metrics.ts'

export type Service = 'collector' | 'sink' | 'simulator'

/** Metrics that are declared in one place, and the services that show them. */
export interface Room {
  readonly title: string
  readonly services: readonly Service[]
  readonly metrics: readonly MetricDeclaration[]
}

/** Every metric of ours. */
export const rooms: readonly Room[] = [
  { title: 'Collector', services: ['collector'], metrics: [...Object.values(collectorMetrics), ...Object.values(batchMetrics)] },
  { title: 'Sink', services: ['sink'], metrics: [...Object.values(sinkReadings), ...Object.values(sinkMetrics)] },
  { title: 'Kafka, as collector and sink use it', services: ['collector', 'sink'], metrics: Object.values(busMetrics) },
  { title: 'Simulator', services: ['simulator'], metrics: Object.values(simulatorMetrics) },
  { title: 'Every process', services: ['collector', 'sink', 'simulator'], metrics: Object.values(processMetrics) },
]

/** The metrics that a service shows. */
export function metricsOf(service: Service): MetricDeclaration[] {
  return rooms.filter(({ services }) => services.includes(service)).flatMap(({ metrics }) => metrics)
}
