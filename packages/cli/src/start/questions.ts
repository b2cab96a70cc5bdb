import type { Servers } from './servers.ts'

/** Where to look at the data, and three questions to begin with. */
export function whereToLook({ consoleUrl, postgresUrl, brokers }: Servers): string[] {
  return [
    `QuestDB web console: ${consoleUrl}${postgresUrl === undefined ? '' : `   (${postgresUrl})`}`,
    `Kafka: ${brokers}`,
    'Paste into the console:',
    ...questions.map(question => `  ${question}`),
  ]
}

/** Each answers within the first seconds of a run. */
export const questions: readonly string[] = [
  "SELECT timestamp, symbol, venue, price, volume, side FROM trade WHERE symbol = '005930' LIMIT -10;",
  'SELECT timestamp, symbol, first(price) AS open, max(price) AS high, min(price) AS low, last(price) AS close, sum(volume) AS volume FROM trade SAMPLE BY 1m;',
  'SELECT symbol, venue, best_bid, best_ask, l2price(100, asks[2], asks[1]) AS price_of_100 FROM order_book LATEST ON timestamp PARTITION BY symbol, venue;',
]
