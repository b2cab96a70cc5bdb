import type { Servers } from './servers.ts'

type WhereToLook = Pick<Servers, 'consoleUrl' | 'postgresUrl' | 'access' | 'brokers'>

/** Where to look at the data, and three questions to begin with. */
export function whereToLook({ consoleUrl, postgresUrl, access, brokers }: WhereToLook, pageUrl: string): string[] {
  return [
    `Live page: ${pageUrl}`,
    `QuestDB web console: ${consoleUrl}${access === undefined ? '' : `   (user ${access.user}, password in ${access.passwordFile})`}`,
    ...(postgresUrl === undefined || access === undefined ? [] : [`PostgreSQL clients: ${withoutPassword(postgresUrl)}`]),
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

/** Said once, when a password was made: how to log in with it. */
export function newPassword({ access, consoleUrl, postgresUrl }: WhereToLook): string[] {
  if (access?.isNew !== true) return []
  return [
    `QuestDB has a password of its own now: user ${access.user}, password ${access.password} (kept in ${access.passwordFile})`,
    `To log in: ${consoleUrl} in a browser, or psql "${postgresUrl}"`,
  ]
}

/** The same address without the password, which psql asks for. */
export function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, '@')
}
