import { connectBus } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { openStore } from '@tickhouse/store'

const log = createLogger({ name: 'setup', pretty: false })
const bus = connectBus({ brokers: [process.env.KAFKA_BROKERS!], clientId: 's', log, registry: createRegistry('s') })
await bus.topics.apply(await bus.topics.plan(entities.map(e => e.topic)))
const store = openStore({ configurationString: process.env.QDB_CLIENT_CONF!, log })
await store.tables.apply(await store.tables.plan(entities.map(e => e.table)))
const n = Number(process.argv[2] ?? 0),
  from = Number(process.argv[3] ?? 1)
if (n > 0) {
  const p = bus.publisher()
  const start = Date.now() * 1000
  const trade = entities.find(e => e.name === 'trade')!
  const messages = Array.from({ length: n }, (_, i) => {
    const symbol = String(5000 + (i % 97)).padStart(6, '0')
    return {
      topic: trade.topic.name,
      key: symbol,
      timestampMs: Math.floor((start + i) / 1000),
      value: JSON.stringify({
        timestamp: start + i,
        symbol,
        venue: 'KRX',
        session: 's1',
        seq: i + from,
        exchange_time: start,
        price: 70000 + (i % 100),
        volume: (i % 50) + 1,
        side: 'buy',
      }),
    }
  })
  await p.publish(messages)
  await p.close()
}
store.close()
