import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type DataRecord, entityOf, instrumentTable } from '@tickhouse/catalogue'
import { visible } from '@tickhouse/runtime'
import {
  describeWithOwnServers,
  eventually,
  type OwnServers,
  ownServers,
  scaledTimeout,
  suspendTable,
  temporaryFolder,
} from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { verbs } from '../packages/cli/src/verbs/index.ts'
import { launch, open, reasonToSkip } from '../packages/page/test/browser.ts'
import { tickhouse } from './command.ts'
import { type Env, Pipeline } from './pipeline.ts'

/** A title, a cleared screen, a line of its own, a line told backwards, more controls, and elements of a page. */
const sent =
  '\u001b]0;owned\u0007\u001b[2J\r\nFORGED\u2028\u202eback\u2066\u009b1m\u007f<img src=x onerror="alert(1)"><b id=forged>bold</b>'
const long = `owned${'N'.repeat(65_536)}${sent}`
/** As much as the simulator takes to send. */
const longFrame = `owned${'N'.repeat(50_000)}${sent}`
const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const maxLineLength = 9_000
const everythingOnPage = `[document.title, document.body.textContent,
  ...[...document.querySelectorAll('*')].flatMap(element => [...element.attributes].map(({ value }) => value))].join(' ')`
const noBrowser = reasonToSkip()

/** A command, and the hostile text that it shows: written out for people, exact in JSON. */
interface Call {
  readonly words: readonly string[]
  readonly shows?: string | undefined
  readonly env?: Env
}

describeWithOwnServers('records that are hostile', () => {
  let own: OwnServers
  beforeAll(async () => {
    own = await ownServers({ 'dev.mode.enabled': 'true' })
  }, scaledTimeout(180_000))
  afterAll(() => own?.close(), scaledTimeout(60_000))

  it('act neither on a terminal nor on a page, whichever verb shows them, and are exact in JSON', {
    timeout: scaledTimeout(600_000),
  }, async () => {
    const pipeline = await Pipeline.open(own.proxied)
    onTestFinished(() => pipeline.close())
    await pipeline.run({ rate: 20, collector: { COLLECTOR_ID: `owned-${sent}` } })
    const letters = await poison(pipeline)
    const data = runningIn(pipeline)
    const calls = callsOf(data, letters, await hostileRegistry())
    expect(Object.keys(calls).sort()).toEqual(leaves().sort())

    const { doctor, ...others } = calls
    await suspended(pipeline, () => tried(pipeline, doctor!))
    for (const ways of Object.values(others)) await tried(pipeline, ways)
    await onTerminal(pipeline, letters[0]!)
    expectHarmless(pipeline.words, 'the log of the services')

    const url = await pageOf(pipeline, data)
    const state = await (await fetch(`${url}/state.json`)).text()
    expect(state).toContain('owned')
    expect(state).not.toMatch(acting)
    if (noBrowser === undefined) await onPage(url)
  })

  /** Puts hostile text wherever the venue, Kafka, QuestDB or another collector can: the ids of dead letters that hold it. */
  async function poison(pipeline: Pipeline): Promise<string[]> {
    const real = (item: object) => JSON.stringify({ trnm: 'REAL', data: [item] })
    const frames = [
      sent,
      longFrame,
      JSON.stringify({ trnm: sent }),
      real({ type: '0B', name: sent, item: sent, values: { 10: '1' } }),
      real({ type: '0B', name: '', item: longFrame, values: { 10: '1' } }),
      real({ type: `9${sent}`, name: '', item: '005930', values: { 10: '1' } }),
      real({ type: '0B', name: '', item: '005930', values: { 10: sent, 27: longFrame } }),
    ]
    for (const text of frames) await pipeline.inject({ fault: 'send', text })
    await pipeline.inject({ fault: 'say', text: JSON.stringify({ trnm: 'SYSTEM', code: `X${sent}`, message: sent }) })

    const session = `owned-${sent}`
    const nowUs = Date.now() * 1_000
    const record = (entity: string, more: object, number: number) => ({
      entity,
      timestamp: nowUs + number,
      venue: 'KRX',
      session,
      seq: number,
      ...more,
    })
    const records = [
      record('trade', { symbol: `owned${sent}`, price: 1 }, 1),
      record('trade', { symbol: long, price: 2 }, 2),
      record('feed_session', { symbol: '*', venue: '*', event: 'notice', collector: sent, environment: sent, reason: `owned ${sent}` }, 1),
      record(
        'feed_gap',
        {
          symbol: '*',
          venue: '*',
          from_time: nowUs,
          to_time: nowUs + 1,
          reason: `owned${sent}`,
          types: sent,
          symbols: long,
          evidence: sent,
        },
        1,
      ),
      record(
        'dead_letter',
        {
          session: 'owned-letter',
          symbol: '*',
          venue: '*',
          stage: 'collector',
          dataset: 'trade',
          type: sent,
          reason: `owned${sent}`,
          detail: long,
          raw: sent,
        },
        3,
      ),
    ]
    const publisher = pipeline.bus().publisher()
    await publisher.publish(
      records.map(({ entity, ...value }) => {
        const { topic } = entityOf(entity)
        return {
          topic: topic.name,
          key: 'k',
          value: JSON.stringify(value satisfies Partial<DataRecord>),
          timestampMs: Math.floor(nowUs / 1_000),
        }
      }),
    )
    await publisher.close()
    const { store } = pipeline
    const instrument = { timestamp: 0, symbol: 'owned', name: `owned${sent}` } as unknown as DataRecord
    await store.tables.fill(instrumentTable, [instrument], AbortSignal.timeout(60_000))
    await store.query('ALTER TABLE gold_price ADD COLUMN "owned\u202e<b>" INT')
    return await eventually(
      async () => {
        const rows = await store.query<{ session: string; seq: number; dataset: string }>('SELECT session, dataset, seq FROM dead_letter')
        const gaps = await store.query('SELECT * FROM feed_gap')
        expect([rows.length, gaps.length]).toEqual([6, 1])
        return rows.map(row => `${row.session}/${row.dataset === '*' ? 'unknown' : row.dataset}/${row.seq}`)
      },
      { timeoutMs: 120_000 },
    )
  }

  /** Every leaf of the verbs with the ways in which it shows data. */
  function callsOf(data: string, letters: readonly string[], registry: string): Record<string, readonly Call[]> {
    const both = (shows: string, ...words: string[]): Call[] => [
      { words, shows },
      { words: [...words, '--format', 'json'], shows },
    ]
    /** In its narrow columns stands the beginning. */
    const tail = (dataset: string, symbol: string, shows = sent.slice(0, 10)) => {
      const words = ['tail', dataset, '--since', '24h', '--symbol', symbol, '--count', '1']
      return [
        { words, shows },
        { words: [...words, '--format', 'json'], shows: sent },
      ]
    }
    const [ownLetter, session] = ['owned-letter/trade/3', letters[0]!.split('/')[0]!]
    const wrong = { KIWOOM_TYPES: sent, SINK_MAX_AGE: sent, SIMULATOR_RATE: sent, HTTP_PORT: '0', KIWOOM_ENV: 'simulator' }
    return {
      start: [{ words: ['start', '--data', temporaryFolder(), '--for', '5s', '--rate', '20'] }],
      status: both(sent, 'status', '--data', data),
      top: [{ words: ['top', '--data', data, '--once'] }],
      page: [{ words: ['page', '--data', data], env: { HTTP_PORT: sent } }],
      tail: [...tail('trade', `owned${sent}`), ...tail('trade', long, 'ownedNNN'), ...tail('feed_gap', '*'), ...tail('dead_letter', '*')],
      doctor: both(sent, 'doctor', '--data', data),
      verify: [
        ...both(sent, 'verify', '--wait', '1s'),
        ...both(sent, 'verify', '--date', 'today', '--window', 'all', '--output', join(data, 'certificate.json')).map(call =>
          call.words.includes('json') ? call : { words: call.words },
        ),
      ],
      gaps: both(sent, 'gaps'),
      'dead-letters list': both(sent, 'dead-letters', 'list'),
      'dead-letters show': [letters[0]!, ownLetter].flatMap(id => both(sent, 'dead-letters', 'show', id)),
      'dead-letters retry': both('owned-letter', 'dead-letters', 'retry', '--all', '--dry-run'),
      'sample-day': [{ words: ['sample-day', '--data', data, '--date', '1999-01-04'] }],
      rebuild: [{ words: ['rebuild', '--dataset', 'trade', '--session', session, '--dry-run'] }],
      'archive write': [{ words: ['archive', '--date', '1999-01-04', '--to', join(data, 'archive')] }],
      'archive verify': [{ words: ['archive', 'verify', join(data, 'archive')] }],
      'archive restore': [{ words: ['archive', 'restore', '--date', '1999-01-04', '--from', join(data, 'archive')] }],
      replay: [{ words: ['replay', '--session', session, '--to', 'kafka', '--prefix', 'owned.'] }],
      'topics plan': [{ words: ['topics', 'plan'] }],
      'topics apply': [{ words: ['topics', 'apply'] }],
      'schemas register': [
        { words: ['schemas', 'register', '--url', registry] },
        { words: ['schemas', 'register', '--url', registry, '--format', 'json'], shows: sent },
      ],
      'acls plan': [{ words: ['acls', 'plan'] }],
      'acls apply': [{ words: ['acls', 'apply'] }],
      'tables plan': both('owned\u202e<b>', 'tables', 'plan'),
      'tables apply': [{ words: ['tables', 'apply'] }],
      catalogue: [{ words: ['catalogue', 'trade'] }],
      calendar: [{ words: ['calendar'] }],
      'instruments refresh': [{ words: ['instruments', 'refresh'], env: { KIWOOM_ENV: sent } }],
      'instruments list': both(sent, 'instruments', 'list', 'owned'),
      'instruments show': both(sent, 'instruments', 'show', 'owned'),
      plan: [{ words: ['plan'] }],
      collect: [{ words: ['collect'], env: wrong }],
      sink: [{ words: ['sink'], env: wrong }],
      simulate: [{ words: ['simulate'], env: wrong }],
    }
  }

  /** Runs a verb in each of its ways. */
  async function tried({ journal }: Pipeline, ways: readonly Call[]): Promise<void> {
    const ends = await Promise.all(ways.map(({ words, env }) => tickhouse(own.proxied, journal, words, env).end))
    ways.forEach(({ words, shows }, index) => {
      const { stdout, stderr } = ends[index]!
      const [title, isJson] = [words.join(' ').slice(0, 100), words.includes('json')]
      expectHarmless(stdout + stderr, title)
      if (!isJson) expect.soft(longest(stdout), `the longest line of ${title}`).toBeLessThan(maxLineLength)
      if (shows !== undefined && isJson)
        expect
          .soft(
            textsIn(stdout).some(text => text.includes(shows)),
            `${title} is exact`,
          )
          .toBe(true)
      if (shows !== undefined && !isJson) expect.soft(stdout, `${title} shows it`).toContain(visible(shows))
    })
  }

  /** While QuestDB has suspended a table, for a reason that is hostile too. */
  async function suspended({ store }: Pipeline, work: () => Promise<void>): Promise<void> {
    await suspendTable(store, 'elw_theory', `owned ${sent}`)
    await work()
    await store.query('ALTER TABLE elw_theory RESUME WAL')
  }

  /** What prints a text exactly for programs shows it to a person otherwise. */
  async function onTerminal(pipeline: Pipeline, letter: string): Promise<void> {
    const main = join(import.meta.dirname, '..', 'packages', 'cli', 'src', 'main.ts')
    const quoted = [process.execPath, main, 'dead-letters', 'show', letter, '--whole'].map(word => `'${word}'`).join(' ')
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, QDB_CLIENT_CONF: own.proxied.questdb, JOURNAL_DIR: pipeline.journal, TERM: 'dumb' }
    const child = spawn('script', ['-qec', `${quoted} 2>/dev/null`, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const printed = await textOf(child)
    expect(printed).toContain('owned')
    for (const line of printed.split(/\r?\n/)) expect(line).not.toMatch(acting)
  }

  /** Serves the page with the command; its address. */
  async function pageOf({ running }: Pipeline, data: string): Promise<string> {
    const addresses = { COLLECTOR_URL: running.collector!.announced.url, SINK_URL: running.sink!.announced.url, HTTP_PORT: '0' }
    const { child, end } = tickhouse(own.proxied, '', ['page', '--data', data], addresses)
    onTestFinished(async () => {
      child.kill('SIGTERM')
      await end
    })
    const [line] = (await once(child.stdout!, 'data')) as [Buffer]
    return line.toString().trim()
  }

  async function onPage(url: string): Promise<void> {
    const browser = await launch()
    onTestFinished(() => browser.close())
    const { page, faults } = await open(browser, url)
    await eventually(async () => expect(await page.locator('#problem-list').textContent()).toContain('owned'), { timeoutMs: 60_000 })
    const shown = await page.evaluate<string>(everythingOnPage)
    expect(shown.replaceAll('\n', ' ')).not.toMatch(acting)
    expect(await page.locator('#forged, img[src=x]').count()).toBe(0)
    expect(faults).toEqual([])
  }
})

/** A data folder in which the pipeline runs, as the other verbs see it. */
function runningIn({ running, journal }: Pipeline): string {
  const data = temporaryFolder()
  const processes = (['collector', 'sink'] as const).map(name => {
    const { pid, announced } = running[name]!
    return { name, pid, address: announced.url, http: announced.url }
  })
  const run = { pid: process.pid, startedAt: new Date().toISOString(), configurationString: null, questdb: null, postgres: null }
  writeFileSync(
    join(data, 'run.json'),
    JSON.stringify({ ...run, brokers: '', journalDirectory: journal, page: `http://${sent}`, processes }),
  )
  return data
}

/** A registry that refuses everything, in hostile words; its address. */
async function hostileRegistry(): Promise<string> {
  const answer = JSON.stringify({ error_code: 42201, message: `owned${sent}` })
  const server = createServer((_, response) => response.writeHead(422).end(answer)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Every command that does something by itself. */
function leaves(): string[] {
  return verbs
    .map(make => make())
    .flatMap(verb => (verb.commands.length === 0 ? [verb.name()] : verb.commands.map(leaf => `${verb.name()} ${leaf.name()}`)))
}

function expectHarmless(output: string, title: string): void {
  const lines = output.split('\n')
  const acted = lines.filter(line => acting.test(line)).map(line => JSON.stringify(line.slice(0, 300)))
  expect.soft(acted, `${title} prints nothing that acts`).toEqual([])
  expect
    .soft(
      lines.some(line => line.startsWith('FORGED')),
      `${title} prints no line that is not its own`,
    )
    .toBe(false)
}

/** Every text in what was printed as JSON: one document, or one a line. */
function textsIn(output: string): string[] {
  const texts: string[] = []
  const keep = (_: string, value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    return value
  }
  try {
    JSON.parse(output, keep)
  } catch {
    for (const line of output.trim().split('\n')) JSON.parse(line, keep)
  }
  return texts
}

async function textOf(child: ChildProcess): Promise<string> {
  const parts: Buffer[] = []
  child.stdout!.on('data', part => parts.push(part))
  await once(child, 'close')
  return Buffer.concat(parts).toString()
}

function longest(output: string): number {
  return Math.max(...output.split('\n').map(({ length }) => length))
}
