import type { Servers } from './servers.ts'

/** Where to look at the data, and three questions to begin with. */
export function whereToLook({ consoleUrl, postgresUrl, brokers }: Servers, pageUrl: string): string[] {
  return [
    `Live page: ${pageUrl}`,
    `QuestDB web console: ${consoleUrl}${postgresUrl === undefined ? '' : `   (${postgresUrl})`}`,
    `Kafka: ${brokers}`,
    'Paste into the console:',
    ...questions.map(question => `  ${question}`),
  ]
}

/** Each answers within the first seconds of a run, and fits on a narrow terminal. */
export const questions: readonly string[] = [
  "SELECT * FROM trade WHERE symbol = '005930' LIMIT -10;",
  "SELECT timestamp, symbol, last(price), sum(volume) FROM trade WHERE venue != 'SOR' SAMPLE BY 1m;",
  'SELECT symbol, l2price(100, asks[2], asks[1]) FROM order_book LIMIT -10;',
]
