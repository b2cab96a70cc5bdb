import type { Bus, Message } from '@tickhouse/bus'
import { type DataRecord, entityOf, SessionNormalizer } from '@tickhouse/catalogue'
import { frameFixtures } from '@tickhouse/testkit'

const SYMBOLS = 200
const CHUNK = 20_000
/** Between two records: some 20,000 a second, as on a busy morning. */
const STEP_US = 50

/** Fills the topic of a dataset with records of one session, numbered from 1; resolves when Kafka has them all. */
export async function publishBacklog(bus: Bus, dataset: string, session: string, count: number): Promise<void> {
  const template = fullestRecord(dataset)
  const publisher = bus.publisher()
  const startUs = Date.now() * 1000 - count * STEP_US
  for (let from = 0; from < count; from += CHUNK)
    await publisher.publish(
      Array.from({ length: Math.min(CHUNK, count - from) }, (_, index) => message(template, dataset, session, startUs, from + index)),
    )
  await publisher.close()
}

function message(template: DataRecord, dataset: string, session: string, startUs: number, index: number): Message {
  const timestamp = startUs + index * STEP_US
  const symbol = String(5_000 + ((index * 7919) % SYMBOLS)).padStart(6, '0')
  const value = JSON.stringify({
    ...template,
    timestamp,
    symbol,
    session,
    seq: index + 1,
    exchange_time: timestamp - (timestamp % 1_000_000),
  })
  return { topic: entityOf(dataset).topic.name, key: symbol, value, timestampMs: Math.floor(timestamp / 1000) }
}

/** The record with the most columns that the venue's own frames give for a dataset; arrays without nulls, which the official client refuses. */
function fullestRecord(dataset: string): DataRecord {
  const normalizer = new SessionNormalizer({ session: '01bench', openedAtUs: 0, environment: 'bench', collector: 'bench' })
  const produced = frameFixtures().flatMap(({ text }) => normalizer.entry({ kind: 'frame', timeUs: 1_700_000_000_000_000, text }))
  const texts = produced.filter(record => record.dataset === dataset).map(({ json }) => json.replaceAll('null', '0'))
  return JSON.parse(texts.sort((a, b) => b.length - a.length)[0]!)
}
