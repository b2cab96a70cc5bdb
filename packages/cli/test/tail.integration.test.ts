import { connectBus } from '@tickhouse/bus'
import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { describeWithServers, eventually, servers } from '@tickhouse/testkit'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { tickhouse } from './tickhouse.ts'

const { topic } = entityOf('gold_price')
const session = `tail-${process.pid}-${Date.now()}`
let seq = 0

function testBus() {
  const log = createLogger({ name: 'test', level: 'silent' })
  return connectBus({ brokers: servers().brokers.split(','), clientId: 'test', log, registry: createRegistry('test') })
}

function tail(...words: string[]) {
  return tickhouse(['tail', 'gold_price', ...words], { KAFKA_BROKERS: servers().brokers })
}

/** Publishes records of a symbol that this file alone uses. */
async function publish(count: number, symbol: string): Promise<void> {
  const publisher = testBus().publisher()
  onTestFinished(() => publisher.close())
  const records = Array.from({ length: count }, (): DataRecord => {
    const timestamp = Date.now() * 1000 + ++seq
    return { timestamp, symbol, venue: 'KRX', session, seq, price: 190_000 + seq }
  })
  const messages = records.map(record => ({
    topic: topic.name,
    key: symbol,
    value: JSON.stringify(record),
    timestampMs: Math.floor(record.timestamp / 1000),
  }))
  await publisher.publish(messages)
}

describeWithServers('tickhouse tail', () => {
  beforeAll(async () => {
    const { topics } = testBus()
    await topics.apply(await topics.plan([topic]))
  })

  test('shows the records of the last minutes and ends after as many as were asked for', async () => {
    await publish(5, 'TAIL1')
    const run = tail('--since', '5m', '--symbol', 'TAIL1', '--count', '3', '--format', 'json')
    const { code, stdout } = await run.end
    const records = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect([code, run.stderr]).toEqual([0, ''])
    expect(records.map(({ symbol, price }) => [symbol, price])).toEqual([1, 2, 3].map(number => ['TAIL1', 190_000 + seq - 5 + number]))
  })

  test('shows what comes, and Ctrl-C ends it with exit code 0', async () => {
    const run = tail('--symbol', 'TAIL2')
    await eventually(
      async () => {
        await publish(1, 'TAIL2')
        expect(run.stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} +TAIL2 +KRX +190,0\d\d$/m)
      },
      { timeoutMs: 30_000, intervalMs: 500 },
    )
    run.child.kill('SIGINT')
    expect([(await run.end).code, run.stderr]).toEqual([0, ''])
  })

  test('a reader that stops reading ends it', async () => {
    await publish(2, 'TAIL3')
    const run = tail('--symbol', 'TAIL3', '--since', '5m', '--format', 'json')
    await eventually(() => expect(run.stdout).toContain('TAIL3'), { timeoutMs: 30_000 })
    run.child.stdout.destroy()
    await eventually(
      async () => {
        await publish(1, 'TAIL3')
        expect(run.child.exitCode).toBe(0)
      },
      { timeoutMs: 30_000, intervalMs: 500 },
    )
    expect(run.stderr).toBe('')
  })

  test('a dataset that is none is wrong usage', async () => {
    const run = tickhouse(['tail', 'trades'], { KAFKA_BROKERS: servers().brokers })
    expect((await run.end).code).toBe(2)
    expect(run.stderr).toContain('known are order_execution')
  })
})
