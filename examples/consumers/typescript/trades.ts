// Prints the trades of a symbol from a time on, each once, and what is missing: trades.ts 005930 2026-11-30T09:00+09:00
// With a file as third word it keeps its position there, and goes on from it the next time.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dateOf, openReader } from '@tickhouse/records'

const [symbol = '005930', since = new Date(Date.now() - 600_000), store = ''] = process.argv.slice(2)
const reader = await openReader({
  kafka: { brokers: (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',') },
  datasets: ['trade'],
  symbols: [symbol],
  from: existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : new Date(since),
  onTrouble: error => console.error(`trouble: ${error.message}`),
})
process.once('SIGINT', () => reader.close())

for await (const event of reader) {
  switch (event.kind) {
    case 'record': {
      const { timestamp, symbol, venue, price, volume, side } = event.record
      console.log(dateOf(timestamp).toISOString(), symbol, venue, price, volume, side ?? '-')
      break
    }
    case 'gap':
      console.error(`gap: ${event.gap.reason} from ${event.gap.from_time} to ${event.gap.to_time}, ${event.gap.symbols ?? 'all symbols'}`)
      break
    case 'jump':
      console.error(`jump: ${event.dataset} ${event.from} to ${event.to} of session ${event.session} are not there (${event.because})`)
      break
    case 'lost':
      console.error(`lost: offsets ${event.from} to ${event.to} of ${event.topic}/${event.partition} (${event.because})`)
      break
    case 'session':
      console.error(`session: ${event.session.session} ${event.session.event}; the newest heartbeat is ${reader.heartbeatAgeMs()} ms old`)
      break
    case 'unreadable':
      console.error(`unreadable: ${event.error.message}`)
  }
  if (store !== '') writeFileSync(store, JSON.stringify(reader.position))
}
