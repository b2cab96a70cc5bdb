import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replicatedProperties, variables } from '@tickhouse/stack'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly extends?: object
  readonly environment?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
}

it('three brokers are told what the cluster of the fault tests is told', () => {
  const services = servicesIn('infra/compose/three-brokers.yml')
  const nodes = ['kafka', 'kafka-2', 'kafka-3'].map(name => textsOf(services[name]!.environment!))
  for (const told of nodes) expect(told).toMatchObject(variables('KAFKA', replicatedProperties))
  expect(nodes.map(told => told['KAFKA_NODE_ID'])).toEqual([undefined, '2', '3'])
})

it('whatever knows one broker knows all three where there are three', () => {
  const services = servicesIn('infra/compose/three-brokers.yml')
  for (const name of ['collector', 'sink', 'topics', 'page', 'cli'])
    expect(services[name]?.environment, name).toEqual({ KAFKA_BROKERS: 'kafka:9092,kafka-2:9092,kafka-3:9092' })
})

it('whatever goes by the trading calendar is given the file of the operator', () => {
  const { service, task, collector, ...more } = servicesIn('infra/compose/service.yml')
  const file = '/etc/tickhouse/trading-calendar.json'
  for (const part of [service!, task!]) {
    expect(part.environment).toMatchObject({ TRADING_CALENDAR_FILE: `\${TRADING_CALENDAR_FILE:+${file}}` })
    expect(part.volumes).toContain(`\${TRADING_CALENDAR_FILE:-/dev/null}:${file}:ro`)
  }
  expect([collector!.extends, more['only-collector']!.extends]).toEqual([{ service: 'service' }, { service: 'collector' }])
  for (const venue of ['KIWOOM_ENV-is-simulator-mock-or-production/simulator', 'live'])
    expect(extended(`infra/compose/${venue}.yml`, 'collector')).toBe('only-collector')
  for (const name of ['collector-1', 'collector-2']) expect(extended('docker-compose.fleet.yml', name)).toBe('collector')
  for (const name of ['sink', 'page', 'cli', 'tables']) expect(extended('docker-compose.yml', name)).toMatch(/^(service|task)$/)
})

/** Which service of service.yml a service extends. */
function extended(path: string, name: string): string {
  const { file, service } = servicesIn(path)[name]!.extends as { file: string; service: string }
  expect(file).toBe('infra/compose/service.yml')
  return service
}

function servicesIn(path: string): Record<string, Service> {
  const override = { tag: '!override', collection: 'seq' as const, resolve: (value: unknown) => value as never }
  return parse(readFileSync(join(import.meta.dirname, '..', path), 'utf8'), { merge: true, customTags: [override] }).services
}

function textsOf(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]))
}
