import { type Page, writeRunFile } from '@tickhouse/page'
import { privately, replaceFile } from '@tickhouse/runtime'
import type { DataFolder } from './data-folder.ts'
import type { KeptLogin, QuestdbAccess } from './questdb-access.ts'
import type { Servers } from './servers.ts'
import type { Services } from './services.ts'

/** What runs here, for the run file that other verbs read. */
export class Run {
  readonly folder: DataFolder
  #parts: { readonly servers: Servers; readonly services: Services; readonly page: Page } | undefined

  constructor(folder: DataFolder) {
    this.folder = folder
  }

  /** Writes down everything that runs now; nothing before all parts were given once. */
  remember(parts = this.#parts): void {
    if (parts === undefined) return
    this.#parts = parts
    const { servers, services, page } = parts
    const { access } = servers
    if (access !== undefined) replaceFile(this.folder.questdbClientConf, `${servers.configurationString}\n`, privately)
    writeRunFile(this.folder.path, {
      pid: process.pid,
      startedAt: new Date(Math.round(performance.timeOrigin)).toISOString(),
      brokers: servers.brokers,
      configurationString: servers.configurationString,
      questdb: access === undefined ? null : { ...filesOf(access), clientConf: this.folder.questdbClientConf },
      postgres: servers.postgresUrl === undefined ? null : withoutPassword(servers.postgresUrl),
      journalDirectory: this.folder.journal,
      page: page.url,
      processes: [...servers.processes(), ...services.processes()],
    })
  }
}

function filesOf({ writer, reader }: QuestdbAccess) {
  return { user: writer.user, passwordFile: writer.passwordFile, readerPasswordFile: reader.passwordFile }
}

type WhereToLook = Pick<Servers, 'consoleUrl' | 'postgresUrl' | 'access' | 'brokers'>

/** What the questions to begin with are about: the sample day of that date, where there is one, and views, where there are any. */
interface Askable {
  readonly sampleDate: string | undefined
  readonly hasViews: boolean
}

/** Where to look at the data, and questions to begin with. */
export function whereToLook({ consoleUrl, postgresUrl, access, brokers }: WhereToLook, pageUrl: string, askable: Askable): string[] {
  const { sampleDate, hasViews } = askable
  return [
    `Live page: ${pageUrl}`,
    `QuestDB web console: ${consoleUrl}${access === undefined ? '' : `   (user ${access.writer.user}, password in ${access.writer.passwordFile})`}`,
    ...(postgresUrl === undefined || access === undefined
      ? []
      : [`PostgreSQL clients: ${withoutPassword(postgresUrl)}   (only reads; password in ${access.reader.passwordFile})`]),
    `Kafka: ${brokers}`,
    'Paste into the console:',
    ...(sampleDate === undefined ? questions(hasViews) : sampleQuestions(sampleDate)).map(question => `  ${question}`),
  ]
}

/** Each answers within the first seconds of a run, fits on a narrow terminal, and counts no trade twice. */
function questions(hasViews: boolean): string[] {
  const [trades, where, and] = hasViews ? ['trades', '', ''] : ['trade', "WHERE venue != 'SOR' ", "venue != 'SOR' AND "]
  return [
    `SELECT * FROM ${trades} WHERE ${and}symbol = '005930' LIMIT -10;`,
    `SELECT timestamp, symbol, last(price), sum(volume) FROM ${trades} ${where}SAMPLE BY 1m;`,
    'SELECT symbol, l2price(100, asks[2], asks[1]) FROM order_book LIMIT -10;',
  ]
}

/** The first questions to a sample day: what it is worth, its bars, and the book at the end of its continuous trading. */
function sampleQuestions(date: string): readonly string[] {
  const day = `timestamp IN '${date}T00:00;7h'`
  return [
    `SELECT dataset, condition, rows FROM data_condition WHERE date = '${date}';`,
    `SELECT timestamp, first(price), max(price), min(price), last(price), sum(volume) FROM trade WHERE symbol = '005930' AND venue = 'KRX' AND ${day} SAMPLE BY 5m;`,
    `SELECT symbol, sum(volume * price) AS turnover FROM trade WHERE venue = 'KRX' AND ${day} ORDER BY turnover DESC;`,
  ]
}

/** Said once of each password, when it was made: how to log in with it. */
export function newPasswords({ access, consoleUrl, postgresUrl }: WhereToLook): string[] {
  if (access === undefined) return []
  const { writer, reader } = access
  const made = ({ password, passwordFile }: KeptLogin) => `password ${password} (kept in ${passwordFile})`
  return [
    ...(reader.isNew ? [`To read, log in to QuestDB as ${reader.user}, ${made(reader)}: psql "${postgresUrl}"`] : []),
    ...(writer.isNew ? [`To write, or over HTTP, log in as ${writer.user}, ${made(writer)}: ${consoleUrl} in a browser`] : []),
  ]
}

/** The same address without the password, which psql asks for. */
function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, '@')
}
