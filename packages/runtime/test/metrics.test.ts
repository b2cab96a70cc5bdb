import { expect, test } from 'vitest'
import { counter, createMetrics, createRegistry, gauge, histogram, readMetrics } from '../src/index.ts'

const declared = {
  sent: counter('tickhouse_test_sent_total', 'What was sent', { dataset: 'trade' }),
  seconds: histogram('tickhouse_test_seconds', 'How long it took', [0.1, 1]),
}
const read = {
  lost: counter('tickhouse_test_lost_total', 'What was lost', { reason: 'full' }),
  age: gauge('tickhouse_test_age_seconds', 'How old it is'),
}

async function lines(registry: ReturnType<typeof createRegistry>): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter(line => line.startsWith('tickhouse_test'))
}

test('what is declared is shown, with the service as a label', async () => {
  const registry = createRegistry('test')
  const { sent, seconds } = createMetrics(registry, declared)
  sent.inc({ dataset: 'trade' }, 3)
  seconds.observe(0.5)
  expect(await lines(registry)).toEqual([
    'tickhouse_test_sent_total{dataset="trade",service="test"} 3',
    'tickhouse_test_seconds_bucket{le="0.1",service="test"} 0',
    'tickhouse_test_seconds_bucket{le="1",service="test"} 1',
    'tickhouse_test_seconds_bucket{le="+Inf",service="test"} 1',
    'tickhouse_test_seconds_sum{service="test"} 0.5',
    'tickhouse_test_seconds_count{service="test"} 1',
  ])
})

test('the same declarations twice in one registry count together', async () => {
  const registry = createRegistry('test')
  for (let time = 0; time < 2; time++) createMetrics(registry, declared).sent.inc({ dataset: 'trade' })
  expect(await lines(registry)).toContain('tickhouse_test_sent_total{dataset="trade",service="test"} 2')
})

test('what is read shows its source each time it is asked, and nothing of before', async () => {
  const registry = createRegistry('test')
  let losses = new Map([['full', 2]])
  let age = Number.NaN
  readMetrics(registry, read, { lost: () => [...losses].map(([reason, count]) => [{ reason }, count] as const), age: () => age })
  expect(await lines(registry)).toEqual([
    'tickhouse_test_lost_total{reason="full",service="test"} 2',
    'tickhouse_test_age_seconds{service="test"} Nan',
  ])
  losses = new Map([['late', 1]])
  age = 0.25
  expect(await lines(registry)).toEqual([
    'tickhouse_test_lost_total{reason="late",service="test"} 1',
    'tickhouse_test_age_seconds{service="test"} 0.25',
  ])
})
