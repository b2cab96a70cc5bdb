import { join } from 'node:path'
import { type Bus, connectBus, type Message } from '@tickhouse/bus'
import { type DataRecord, entities, entityOf } from '@tickhouse/catalogue'
import { createLogger, createRegistry, type SinkStatus } from '@tickhouse/runtime'
import { openStore, type SqlRow, type Store } from '@tickhouse/store'
import { type ChildService, childService, type SharedServers } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { onTestFinished } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')
const log = createLogger({ name: 'test', level: 'silent', pretty: false })

/** A sink as a process, and what it shows. */
export interface RunningSink extends ChildService<{ url: string }> {
  status(): Promise<SinkStatus>
  ready(): Promise<{ status: number; text: string }>
}

/** Topics and tables of the catalogue on servers of its own, with ways to fill and to look at them. */
export class Pipeline {
  readonly servers: SharedServers
  readonly bus: Bus
  readonly store: Store
  #session = 0

  constructor(servers: SharedServers) {
    this.servers = servers
    this.bus = connectBus({ brokers: [servers.brokers], clientId: 'test', log, registry: createRegistry('test') })
    this.store = openStore({ configurationString: servers.questdb, log })
  }

  /** Makes topics and tables as the catalogue has them. */
  async apply(): Promise<void> {
    await this.bus.topics.apply(await this.bus.topics.plan(entities.map(({ topic }) => topic)))
    await this.store.tables.apply(await this.store.tables.plan(entities.map(({ table }) => table)))
  }

  /** A session that no test has used. */
  newSession(): string {
    return `session-${++this.#session}`
  }

  async publish(messages: readonly Message[]): Promise<void> {
    const publisher = this.bus.publisher()
    await publisher.publish(messages)
    await publisher.close()
  }

  /** What a table holds of a session, in the order of seq; columns that are null are left out. */
  async rows(dataset: string, session: string): Promise<SqlRow[]> {
    const rows = await this.store.query(`SELECT * FROM ${entityOf(dataset).table.name} WHERE session = '${session}' ORDER BY seq`)
    return rows.map(row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
  }

  /** Rows, different seqs and highest seq of a session: the same number when it is complete and without doubles. */
  async counts(dataset: string, session: string): Promise<{ rows: number; distinct: number; last: number }> {
    const counts = (await this.store.sessionCounts(dataset)).find(count => count.session === session)
    return { rows: counts?.rows ?? 0, distinct: counts?.distinct ?? 0, last: counts?.lastSeq ?? 0 }
  }

  /** Starts a sink; its group is its own unless one is given. */
  async startSink(env: Record<string, string> = {}): Promise<RunningSink> {
    const sink = await childService<{ url: string }>(main, {
      KAFKA_BROKERS: this.servers.brokers,
      QDB_CLIENT_CONF: this.servers.questdb,
      SINK_SESSION_TIMEOUT: '6s',
      ...env,
    })
    onTestFinished(() => sink.close())
    const { url } = sink.announced
    return Object.assign(sink, {
      status: async () => (await (await fetch(`${url}/status`)).json()) as SinkStatus,
      ready: async () => {
        const answer = await fetch(`${url}/ready`)
        return { status: answer.status, text: await answer.text() }
      },
    })
  }

  /** Lets everything that a topic holds expire now. */
  async expireAll(topic: string): Promise<void> {
    await this.asAdmin(async admin => {
      const ends = await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, offset }) => ({ partition, offset })) })
    })
  }

  /** What somebody else does to Kafka. */
  async asAdmin(work: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> {
    const admin = this.#foreign().admin()
    await admin.connect()
    try {
      await work(admin)
    } finally {
      await admin.disconnect()
    }
  }

  /** A record that is small in Kafka and, inflated, larger than any may be: its batch cannot be read. */
  async publishBomb(topic: string): Promise<void> {
    const producer = this.#foreign().producer()
    await producer.connect()
    const message = { key: 'bomb', partition: 0, value: Buffer.alloc(40 << 20) }
    await producer.send({ topic, compression: kafkajs.CompressionTypes.GZIP, messages: [message] })
    await producer.disconnect()
  }

  #foreign(): kafkajs.Kafka {
    return new kafkajs.Kafka({ brokers: [this.servers.brokers], logLevel: kafkajs.logLevel.NOTHING })
  }

  close(): void {
    this.store.close()
  }
}

/** Records of a dataset in their topic, keyed by symbol. */
export function messagesOf(dataset: string, records: readonly DataRecord[]): Message[] {
  const topic = entityOf(dataset).topic.name
  return records.map(record => ({
    topic,
    key: record.symbol,
    value: JSON.stringify(record),
    timestampMs: Math.floor(record.timestamp / 1_000),
  }))
}

/** Trades of a session, numbered from 1, over some symbols, a millisecond apart. */
export function trades(session: string, count: number, { from = 1, startUs = Date.now() * 1_000 } = {}): DataRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    timestamp: startUs + index * 1_000,
    symbol: String(5_930 + (index % 40)).padStart(6, '0'),
    venue: 'KRX',
    session,
    seq: from + index,
    price: 70_000 + (index % 100) * 100,
    change: (index % 7) - 3,
    volume: (index % 50) + 1,
    side: index % 2 === 0 ? 'buy' : 'sell',
  }))
}
