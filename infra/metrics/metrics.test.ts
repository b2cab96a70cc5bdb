import { join } from 'node:path'
import { type ChildService, childService, temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { metricsOf, rooms, type Service } from './declared.ts'
import { sampleOf } from './sample.ts'

const nowhere = '127.0.0.1:1'
const services = join(import.meta.dirname, '..', '..', 'services')

/** Everything a service needs to start; nobody answers where it points. */
const settings: Readonly<Record<Service, () => Record<string, string>>> = {
  collector: () => ({
    KIWOOM_ENV: 'simulator',
    KIWOOM_REST_URL: `http://${nowhere}`,
    KIWOOM_WS_URL: `ws://${nowhere}`,
    KAFKA_BROKERS: nowhere,
    JOURNAL_DIR: join(temporaryFolder(), 'journal'),
  }),
  sink: () => ({ KAFKA_BROKERS: nowhere, QDB_CLIENT_CONF: `http::addr=${nowhere};` }),
  simulator: () => ({}),
}

/** Name, type and help of each metric that a running service shows. */
async function shownBy(service: Service): Promise<string[]> {
  const running: ChildService<{ url: string; http?: string }> = await childService(join(services, service, 'src', 'main.ts'), {
    LOG_LEVEL: 'silent',
    ...settings[service](),
  })
  onTestFinished(() => running.close())
  const { url, http = url } = running.announced
  const text = await (await fetch(`${http}/metrics`)).text()
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [name!, help!]))
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}: ${helps.get(name!)}`)
}

test.each<Service>(['collector', 'sink', 'simulator'])(
  'a running %s shows exactly the metrics that are declared, and those of Node.js',
  { timeout: 60_000 },
  async service => {
    const shown = await shownBy(service)
    const ours = shown.filter(line => !/^(process|nodejs)_/.test(line))
    expect(ours.sort()).toEqual(
      metricsOf(service)
        .map(({ name, type, help }) => `${name} ${type}: ${help}`)
        .sort(),
    )
    expect(shown.some(line => line.startsWith('process_start_time_seconds gauge'))).toBe(true)
  },
)

const all = rooms.flatMap(({ metrics }) => metrics)

test.each(all.map(metric => [metric.name, metric] as const))(
  '%s is named as Prometheus has it',
  (name, { type, labels, help, buckets }) => {
    expect(name).toMatch(/^tickhouse_[a-z]+(_[a-z]+)+$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    expect(name).not.toMatch(/_(ms|us|milliseconds|minutes|mb|kb|kib|mib|percent)(_|$)/)
    for (const label of Object.keys(labels)) expect(['symbol', 'item', 'session', 'service']).not.toContain(label)
    expect(help).not.toMatch(/\.$|[|\n]/)
    expect(buckets).toEqual([...buckets].sort((left, right) => left - right))
    expect(buckets.length > 0).toBe(type === 'histogram')
  },
)

test('no name is declared twice', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test('a sample line reads as the metrics endpoint writes it', () => {
  const [age] = metricsOf('sink').filter(({ name }) => name === 'tickhouse_sink_lag_seconds')
  expect(sampleOf(age!, 'sink')).toBe('tickhouse_sink_lag_seconds{dataset="trade",service="sink"} 0.25')
  const [histogram] = metricsOf('sink').filter(({ name }) => name === 'tickhouse_sink_capture_to_queryable_seconds')
  expect(sampleOf(histogram!, 'sink')).toBe('tickhouse_sink_capture_to_queryable_seconds_bucket{le="0.3",service="sink"} 1')
})
