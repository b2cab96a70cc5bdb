import { type Bus, connectBus, type Message } from '@tickhouse/bus'
import { entities, entityOf } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'

const log = createLogger({ name: 'test', level: 'silent', pretty: false })

/** Who publishes, packed like that. */
export function busOn(brokers: string, compression: 'none' | 'lz4' | 'zstd' = 'zstd'): Bus {
  return connectBus({ brokers: [brokers], clientId: 'planted', log, registry: createRegistry('test'), compression })
}

/** Makes all topics of the catalogue. */
export async function makeTopics(bus: Bus): Promise<void> {
  await bus.topics.apply(await bus.topics.plan(entities.map(({ topic }) => topic)))
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
