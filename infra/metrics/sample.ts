import type { MetricDeclaration } from '@tickhouse/runtime'

const samples = { seconds: 0.25, bytes: 65_536, count: 1 } as const

/** The base unit of a metric, which its name says. */
export function unitOf({ name }: MetricDeclaration): keyof typeof samples {
  return name.includes('_seconds') ? 'seconds' : name.includes('_bytes') ? 'bytes' : 'count'
}

/** A line as Prometheus reads it: of a histogram the first bucket that holds the value. */
export function sampleOf(metric: MetricDeclaration, service: string): string {
  const { name, type, labels, buckets } = metric
  const value = samples[unitOf(metric)]
  const ofAll = { service, ...(service === 'collector' && { collector: 'collector' }) }
  if (type !== 'histogram') return `${name}${labelled({ ...labels, ...ofAll })} ${value}`
  return `${name}_bucket${labelled({ le: String(buckets.find(bound => value <= bound)), ...labels, ...ofAll })} 1`
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`
}
