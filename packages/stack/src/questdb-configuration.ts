/** The ports of one QuestDB: HTTP (SQL, ingestion, web console), PostgreSQL wire protocol, health and metrics. */
export interface QuestdbPorts {
  readonly http: number
  readonly postgres: number
  readonly health: number
}

/** A user of a QuestDB. */
export interface QuestdbLogin {
  readonly user: string
  /** Letters, digits, `-` and `_`. */
  readonly password: string
}

/** Who may use a QuestDB: one writes, over HTTP and PostgreSQL's protocol; the other only reads, over PostgreSQL's protocol, since over HTTP there is only one. */
export interface QuestdbLogins {
  readonly writer: QuestdbLogin
  readonly reader: QuestdbLogin
}

/** What a QuestDB is told that lets in nobody else. */
export function loginProperties({ writer, reader }: QuestdbLogins): Record<string, string> {
  return {
    'http.user': writer.user,
    'http.password': writer.password,
    'http.health.check.authentication.required': 'false',
    'pg.user': writer.user,
    'pg.password': writer.password,
    'pg.readonly.user.enabled': 'true',
    'pg.readonly.user': reader.user,
    'pg.readonly.password': reader.password,
  }
}

/** What QuestDB is told, wherever it runs; keys as in server.conf. Tables and columns come from our own `apply` commands only. */
export const questdbProperties: Readonly<Record<string, string>> = {
  'line.auto.create.new.tables': 'false',
  'line.auto.create.new.columns': 'false',
  'line.tcp.enabled': 'false',
  'telemetry.enabled': 'false',
  'metrics.enabled': 'true',
  // Idle threads of the pools yield 7,000 times before they sleep for the first time; with small commits all day long that never ends,
  // and six of them leave little of a small machine to anyone else. So they sleep for 1 ms after 100.
  'shared.worker.nap.threshold': '100',
  'wal.apply.worker.nap.threshold': '100',
  // Each open column file is this much longer than its data. With the default of 16 MiB and some eight hundred columns, a minute of data takes 13 GB.
  'cairo.writer.data.append.page.size': '1m',
  // A query runs on the thread that took the request. Those of PostgreSQL clients have two threads of their own; those over HTTP share six with
  // the sink's writes, and a file (/exp) may hold two of these: infra/decisions/0178-a-query-cannot-hold-up-the-capture.md.
  'pg.worker.count': '2',
  'shared.network.worker.count': '6',
  'http.export.connection.limit': '2',
  // With the default, a query looks at its time after two million steps. A step of a join may take a millisecond, so that this never comes.
  'query.timeout': '60s',
  'circuit.breaker.throttle': '1000',
  'ram.usage.limit.percent': '50',
  // Else COPY … TO fills the disk of the server with files, also as the user who only reads.
  'cairo.sql.copy.export.root': '',
}

/** The server.conf of a QuestDB on loopback. */
export function questdbConfiguration({ http, postgres, health }: QuestdbPorts, more: Readonly<Record<string, string>> = {}): string {
  const properties = {
    ...questdbProperties,
    ...more,
    'http.bind.to': `127.0.0.1:${http}`,
    'http.min.net.bind.to': `127.0.0.1:${health}`,
    'pg.net.bind.to': `127.0.0.1:${postgres}`,
  }
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

/** The log.conf that keeps QuestDB from writing two lines for each query. */
export const questdbLogging = `writers=stdout
w.stdout.class=io.questdb.log.LogConsoleWriter
w.stdout.level=ADVISORY,CRITICAL,ERROR
`
