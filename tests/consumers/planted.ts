import { type Bus, connectBus, type Message } from '@tickhouse/bus'
import { entities, entityOf } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'

/** A Kafka with all topics of the catalogue, and nothing in them. */
export async function withTopics(brokers: string): Promise<Bus> {
  const log = createLogger({ name: 'test', level: 'silent', pretty: false })
  const bus = connectBus({ brokers: [brokers], clientId: 'planted', log, registry: createRegistry('test') })
  await bus.topics.apply(await bus.topics.plan(entities.map(({ topic }) => topic)))
  return bus
}

/** A record as the collector publishes it; `more` are its other columns. */
export function planted(dataset: string, session: string, seq: number, more: Record<string, unknown> = {}): Message {
  const timestamp = Date.now() * 1_000 + seq
  const symbol = entityOf(dataset).venue === null ? '*' : String(5_930 + (seq % 17)).padStart(6, '0')
  const record = { timestamp, symbol, venue: symbol === '*' ? '*' : 'KRX', session, seq, ...more }
  return {
    topic: entityOf(dataset).topic.name,
    key: record.symbol,
    value: JSON.stringify(record),
    timestampMs: Math.floor(record.timestamp / 1_000),
  }
}

/** Trades with these numbers. */
export function trades(session: string, seqs: readonly number[], more: Record<string, unknown> = {}): Message[] {
  return seqs.map(seq => planted('trade', session, seq, { price: 70_000 + seq, volume: 1, ...more }))
}

/** The numbers from … to …. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
