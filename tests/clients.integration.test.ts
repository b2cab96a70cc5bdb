import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describeWithLocalServers, eventually, frameFixtures, framesFolder, removeFolder, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Python, pythonWith } from './clients/python.ts'
import { Duty } from './documented/places.ts'
import { Reader } from './documented/reader.ts'
import { SqlConsole } from './documented/sql-console.ts'
import { postgres } from './postgres.ts'

const run = promisify(execFile)
const answers = join(import.meta.dirname, 'clients', 'answers.py')
const patient = { timeoutMs: 60_000 }
const patientTest = { timeout: 300_000 }
const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'clients.md'), 'utf8')
const duty = new Duty('clients')
const [preamble, ...blocks] = duty.rest().filter(({ kind }) => kind === 'python')
const [curl, archiving] = [/\bfmt=/, /^npx tickhouse archive /].map(one => duty.takeOne(one)) as [string, string]
duty.take(preamble!.text)

/** What stands under "What does not work": by its first column, what says so and what is tried. */
const doesNotWork: Readonly<Record<string, string>> = {
  "psycopg2, `connection.cursor('name')`": "import psycopg2\npsycopg2.connect(postgres).cursor('name').execute(trades)",
  "psycopg 3, `connection.cursor('name')`": "import psycopg\npsycopg.connect(postgres).cursor('name').execute(trades)",
  'SQLAlchemy, `postgresql+psycopg://` as it is':
    "import sqlalchemy\nsqlalchemy.create_engine(postgres.replace('postgresql:', 'postgresql+psycopg:')).connect()",
  'asyncpg, array columns':
    'import asyncio, asyncpg\nasync def ask():\n    await (await asyncpg.connect(postgres)).fetch(books)\nasyncio.run(ask())',
  'connectorx, without a protocol': 'import connectorx\nconnectorx.read_sql(postgres, trades)',
  'connectorx, array columns of two dimensions': "import connectorx\nconnectorx.read_sql(postgres, books, protocol='cursor')",
  'ADBC, `adbc_driver_postgresql`': 'import adbc_driver_postgresql.dbapi\nadbc_driver_postgresql.dbapi.connect(postgres)',
  '`questdb.connect()` of the package `questdb` 6':
    "import questdb\nlogin = 'username=tickhouse;password=' + Path('.tickhouse/questdb-password').read_text().strip()\n" +
    "questdb.connect('http://127.0.0.1:9000'.replace('http://', 'ws::addr=') + f';{login};').query(trades)",
}

/** What a block leaves behind, as QuestDB's /exec would say it, what it could ask, and whether its times know their zone. */
interface Answer {
  readonly questions: { readonly trades: string; readonly books: string; readonly levels: string }
  readonly times: 'UTC' | 'naive'
  readonly trade: unknown[][]
  readonly book: unknown[][]
}

describeWithLocalServers('the clients of docs/clients.md', () => {
  let reader: Reader
  let sql: SqlConsole
  let clients: Python
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tickhouse-clients-'))
    reader = Reader.open()
    const pipeline = reader.start(`npm start -- --frames ${framesFolder}`)
    ;[clients] = await Promise.all([pythonWith('requirements.txt', folder), pipeline.says(/First new rows are visible/, 180_000)])
    sql = new SqlConsole(reader.data)
    // The frames are sent once: from then on everybody is answered the same.
    for (const table of ['trade', 'order_book']) {
      const sent = frameFixtures().flatMap(({ rows }) => rows.filter(({ dataset }) => dataset === table))
      await eventually(async () => expect(await sql.rows(`SELECT count() FROM ${table}`)).toEqual([[sent.length]]), patient)
    }
    await reader.done(archiving)
  }, scaledTimeout(300_000))

  afterAll(async () => {
    await reader?.close()
    removeFolder(folder)
  }, 60_000)

  /** Runs Python after the first block of the page; gives what it printed, and fails with what it said. */
  const python = async (program: string, ...words: string[]) => {
    const running = run((clients as { python: string }).python, words, { cwd: reader.folder, timeout: scaledTimeout(60_000) })
    running.child.stdin!.end(sql.here(`${preamble!.text}\n${program}`))
    return (await running).stdout
  }

  it.for(blocks)('$places.0: answers what QuestDB answers', patientTest, async ({ text }, { skip }) => {
    skip('missing' in clients, reasonIn(clients))
    const { questions, times, trade, book } = JSON.parse(await python(duty.take(text), answers)) as Answer
    const { trades, books, levels } = questions
    expect(trade).toEqual(await sql.rows(trades))
    expect(book).toEqual(await sql.rows(/\blevels\b/.test(text) ? levels : books))
    expect([trade.length, book.length]).toEqual([3, 1])
    expect(times).toBe(timesOf(text))
  })

  it.for(Object.entries(doesNotWork))('%s: does not work, as the page says', patientTest, async ([what, program], { skip }) => {
    skip('missing' in clients, reasonIn(clients))
    const [, says] = page.split(`\n| ${what} | \``)
    await expect(python(program, '-')).rejects.toThrow(says!.split('`')[0])
  })

  it('a file of Parquet is written by curl', async () => {
    await reader.done(sql.here(curl))
    const file = readFileSync(join(reader.folder, 'books.parquet'))
    expect([file.subarray(0, 4).toString(), file.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
  })

  it('the user of the page cannot write', async () => {
    const password = readFileSync(join(reader.data, 'questdb-reader-password'), 'utf8').trim()
    await expect(postgres(sql.postgresPort, 'quant', password, 'DROP TABLE trade')).rejects.toThrow('Write permission denied')
  })

  it('everything on the page was tried', ({ skip }) => {
    skip('missing' in clients, reasonIn(clients))
    expect(duty.rest()).toEqual([])
    expect(page.slice(page.indexOf('## What does not work')).match(/^\| (?!what|---)/gm)).toHaveLength(Object.keys(doesNotWork).length)
  })
})

function reasonIn(clients: Python): string {
  return 'missing' in clients ? clients.missing : ''
}

/** What the table at the top of the page says of the times of the client in whose section a block stands. */
function timesOf(block: string): string | undefined {
  const section = page
    .slice(0, page.indexOf(block))
    .match(/^## .+$/gm)!
    .at(-1)!
    .slice(3)
  return page.match(new RegExp(`^\\| \\[${section}\\]\\([^)]+\\)[^|]*\\| (\\w+) \\|`, 'm'))?.[1]
}
