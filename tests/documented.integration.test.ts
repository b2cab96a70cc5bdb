import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@tickhouse/stack'
import { childService, describeWithLocalServers, eventually, framesFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Duty } from './documented/places.ts'
import { Reader, type Running } from './documented/reader.ts'
import { SqlConsole } from './documented/sql-console.ts'

/** What a command comes to. */
interface Ending {
  readonly code: number
  readonly says: RegExp
}

const fine: Ending = { code: 0, says: /\S/ }
const stillRefused: Ending = { code: 1, says: /^1 still refused$/m }
const withoutUsers: Ending = { code: 1, says: /Security features are disabled/ }

/** Where that is not exit code 0: the ways in which it may end. */
const endings: Readonly<Record<string, readonly Ending[]>> = {
  // Once the market has closed, a capture that began after that has missed the day.
  'npx tickhouse verify --date today': [
    { code: 0, says: /^\d{4}-\d\d-\d\d: (pending|complete|closed)/m },
    { code: 1, says: /^\d{4}-\d\d-\d\d: (missing|degraded)/m },
  ],
  'npx tickhouse verify --date 2026-11-25': [{ code: 1, says: /^2026-11-25: missing/m }],
  'npx tickhouse dead-letters retry --all --dry-run': [stillRefused],
  'npx tickhouse tables apply && npx tickhouse dead-letters retry --all': [stillRefused],
  'npx tickhouse acls plan': [withoutUsers],
  'npx tickhouse acls apply': [withoutUsers],
}

const patient = { timeoutMs: 60_000, intervalMs: 250 }
const firstRows = /First new rows are visible/
const proved = /^complete: [\d,]+ records of \d+ sessions?, /m

const duty = new Duty('start')
const start = duty.take('npm start')
const others = [/^npm start -- --for 30s$/, /^npm start -- --rate 2000$/, /^npm start -- --frames FOLDER$/].map(one => duty.takeOne(one))
const realVenue = duty.takeOne(/^export KIWOOM_ENV=mock/)
const fresh = duty.take('npm start -- --fresh')
const dropped = duty.take('DROP TABLE trade;')
const ofTwo = duty.take('npx tickhouse verify --journal A B')
const [journalCopied, ofCopy] = [duty.takeOne(/^rsync /), duty.takeOne(/^JOURNAL_DIR=\S+ npx tickhouse verify$/)]
const [backup, restore] = [duty.takeOne(/CHECKPOINT CREATE/), duty.takeOne(/_restore$/)]
const [sampleFirst, sampleBeside] = [duty.take('npm start -- --sample-day'), duty.take('npx tickhouse sample-day')]
const archiving = duty.rest().filter(({ text }) => text.startsWith('npx tickhouse archive '))
const degraded = duty.take('npx tickhouse sample-day --degraded')
/** Two million records take minutes, and say no more than these. */
const small = ' --symbols 3 --records 6000'
/** What is shown does not depend on how much there is, and the processors have the commands to run. */
const calm = { SIMULATOR_RATE: '20' }
const [replayed, collected] = [
  duty.takeOne(/^npx tickhouse replay .*--port 8443$/),
  duty.takeOne(/^KIWOOM_ENV=simulator .*npx tickhouse collect$/),
]
const streams = duty.rest().filter(({ text }) => text.startsWith('npx tickhouse tail '))
const isOpen = duty.take('npx tickhouse calendar --is-open')
const special = new Set([...streams, ...archiving])
const rest = duty.rest().filter(statement => !special.has(statement))
const queries = rest.filter(({ kind }) => kind === 'sql')
/** Nothing else is run without a look at what it does. */
const commands = rest.filter(({ text }) => /^(PGPASSWORD=|curl -G )|^([A-Z_]+=("[^"]*"|\S+) )*npx tickhouse /.test(text))

describeWithLocalServers('what the documentation says', () => {
  const readers: Reader[] = []
  let reader: Reader
  let pipeline: Running
  let console: SqlConsole
  let session: string
  let letter: string

  const own = (env: Readonly<Record<string, string>> = {}) => {
    const one = Reader.open({ ...calm, ...env })
    readers.push(one)
    return one
  }
  /** Puts what the reader has in place of what a page can only name. */
  const typed = (text: string) =>
    console
      .here(text)
      .replaceAll('FOLDER', framesFolder)
      .replaceAll('SESSION', session)
      .replaceAll('<verb>', 'verify')
      .replace(/\bID\b/, letter)
      .replace('TXN n;', 'TXN 1;')
      // Where a person would type on.
      .replace(/ qdb$/, ' qdb -c "SELECT count() FROM trade"')

  beforeAll(async () => {
    reader = own()
    writeFileSync(join(reader.folder, 'codes.txt'), '005930\n000660_AL\n')
    pipeline = reader.start(start)
    await pipeline.says(firstRows, 180_000)
    console = new SqlConsole(reader.data)
    // A dead letter to show, and a session that is over.
    await console.fault({ fault: 'send', text: 'this is not JSON' })
    await eventually(async () => expect(await console.rows('SELECT reason FROM dead_letter')).toEqual([['not_json']]), patient)
    await console.fault({ fault: 'cut' })
    const ended = "SELECT session FROM feed_session WHERE event = 'close'"
    session = await eventually(async () => {
      const [[closed]] = (await console.rows(ended)) as [[string]]
      return closed
    }, patient)
    const { output } = await reader.run("npx tickhouse dead-letters list --format json | grep -v '…'")
    letter = /"id": *"([^"]+)"/.exec(output)![1]!
  }, 300_000)

  afterAll(async () => {
    for (const one of readers) await one.close()
  }, 60_000)

  it.each(queries)('$places.0: $text', async ({ text }) => {
    const rows = await console.rows(typed(duty.take(text)))
    if (/max\(seq\) AS last FROM trade/.test(text)) {
      const [, count, distinct, last] = rows.find(([one]) => one === session)!
      expect([distinct, last]).toEqual([count, count])
    }
  })

  it('what the start says to paste into the console is answered', async () => {
    const said = await pipeline.says(/Paste into the console:/)
    const pasted = new Set([...said.matchAll(/^ {2}(SELECT .*;)$/gm)].map(([, statement]) => statement!))
    expect(pasted.size).toBe(3)
    for (const statement of pasted) expect(await console.rows(statement), statement).not.toEqual([])
  })

  // Each spends its time starting Node.js.
  it.concurrent.for(commands)('$places.0: $text', { timeout: 180_000 }, async ({ text }, { skip, expect }) => {
    const command = typed(duty.take(text))
    skip(lacking(text) !== undefined, `there is no ${lacking(text)}`)
    const { code, output } = await reader.run(command)
    const ways = endings[text] ?? [fine]
    const expected = ways.find(({ says }) => says.test(output)) ?? ways[0]!
    expect(output).toMatch(expected.says)
    expect(code, output).toBe(expected.code)
  })

  it.each(streams)('$places.0: $text', async ({ text }) => {
    const running = reader.start(typed(duty.take(text)))
    await running.says(/^\d\d:\d\d:\d\d\.\d{3} /m)
    running.interrupt()
    await running.end
  })

  it('the exit code of the calendar tells whether the market is open', async () => {
    const { code, output } = await reader.run(isOpen)
    expect(output).toMatch(code === 0 ? /^(KRX|NXT) \w+$/m : /closed/)
  })

  it('the heartbeat is less than two seconds old', async () => {
    const age = 'SELECT now() - max(timestamp) FROM feed_heartbeat;'
    await eventually(async () => expect(Number((await console.rows(age))[0]![0])).toBeLessThan(2_000_000), patient)
  })

  it('a sample day is complete and has bars, one with losses is degraded, and a start that has it already adds nothing', {
    timeout: 400_000,
  }, async () => {
    const beside = await reader.run(sampleBeside + small)
    expect(beside.output).toMatch(/^\d{4}-\d\d-\d\d: complete /m)
    expect(beside.code, beside.output).toBe(0)
    const lost = await reader.run(degraded + small)
    expect(lost.output).toMatch(/^1 gap \(disconnected\) of 90\.000 s/m)
    expect(lost.code, lost.output).toBe(0)

    const count = async () => (await console.rows("SELECT count() FROM feed_session WHERE collector = 'sample-day'"))[0]![0]
    const before = await count()
    const first = own({ KAFKA_BROKERS: console.brokers, QDB_CLIENT_CONF_FILE: join(reader.data, 'questdb-client-conf') })
    const run = first.start(sampleFirst + small)
    const output = await run.says(firstRows, 180_000)
    run.interrupt()
    expect((await run.end).output).toMatch(proved)
    const [date] = /^\d{4}-\d\d-\d\d(?=: complete )/m.exec(output)!
    expect(beside.output).toContain(`${date}: complete `)
    expect(await count()).toBe(before)
    const questions = output.split('\n').flatMap(line => (/^ {2}SELECT /.test(line) && line.includes(date) ? [line] : []))
    const answers = await Promise.all([...new Set(questions)].map(question => console.rows(question)))
    expect(answers.map(rows => rows.length > 0)).toEqual([true, true, true])
  })

  it('a day that is certified is archived, verified and put back', { timeout: 240_000 }, async () => {
    const complete = "SELECT date FROM data_condition WHERE dataset = '*' AND condition = 'complete' ORDER BY timestamp DESC LIMIT 1"
    const [[day]] = (await console.rows(complete)) as [[string]]
    // The start before has certified the day as well, into a data folder of its own.
    await reader.done(`npx tickhouse verify --date ${day}`)
    for (const { text } of archiving) await reader.done(duty.take(text).replace('2026-11-25', day))
  })

  it('other ways to start capture and prove, beside the first one', { timeout: 400_000 }, async () => {
    const servers = { KAFKA_BROKERS: console.brokers, QDB_CLIENT_CONF_FILE: join(reader.data, 'questdb-client-conf') }
    const keys = { SIMULATOR_APP_KEY: 'app', SIMULATOR_SECRET_KEY: 'secret' }
    const venue = await childService<{ url: string; wsUrl: string }>(simulator, keys)
    const live = own({ ...servers, KIWOOM_REST_URL: venue.announced.url, KIWOOM_WS_URL: venue.announced.wsUrl, HOME: '.' })
    mkdirSync(join(live.folder, 'kiwoom'))
    writeFileSync(join(live.folder, 'kiwoom', 'appkey'), 'app\n')
    writeFileSync(join(live.folder, 'kiwoom', 'secret'), 'secret\n')
    const running = [...others.map(text => [own(servers), text] as const), [live, realVenue] as const]
    const captures = async ([one, text]: readonly [Reader, string]) => {
      const run = one.start(typed(text))
      await run.says(firstRows)
      if (!text.includes('--for')) run.interrupt()
      const { code, output } = await run.end
      expect(output).toMatch(proved)
      expect(code, output).toBe(0)
    }
    await Promise.all(running.map(captures))
    await venue.close()

    const journals = [reader, live].map(({ data }) => join(data, 'journal'))
    const { code, output } = await reader.run(ofTwo.replace('A B', journals.join(' ')))
    expect(output).toMatch(proved)
    expect(code, output).toBe(0)
  })

  it('what was captured today is replayed to our own collector', { timeout: 180_000 }, async () => {
    const port = String(await freePort())
    const here = (text: string) => typed(text).replaceAll('8443', port).replaceAll('127.0.0.1:9092', console.brokers)
    const venue = reader.start(here(replayed))
    await venue.says(new RegExp(`^KIWOOM_WS_URL=ws://127.0.0.1:${port}$`, 'm'))
    const collector = reader.start(here(collected))
    await venue.says(/frames? sent to 1 connection, it is \d{4}-/)
    for (const one of [collector, venue]) one.interrupt()
    expect((await collector.end).output).toMatch(/Registered/)
    expect((await venue.end).output).toMatch(/^Interrupted while .* frames? of \d{4}-\d\d-\d\d were sent, and the end was not reached\.$/m)
  })

  it('a copy of the journal can be verified', async ({ skip }) => {
    skip(lacking(journalCopied) !== undefined, `there is no ${lacking(journalCopied)}`)
    expect(await reader.run(journalCopied)).toEqual({ code: 0, output: '' })
    const { code, output } = await reader.run(ofCopy)
    expect(code, output).toBe(0)
  })

  it('a table that was dropped is made anew and filled from Kafka', { timeout: 120_000 }, async () => {
    const count = async () => Number((await console.rows('SELECT count() FROM trade'))[0]![0])
    const before = await count()
    await console.rows(dropped)
    expect((await reader.run('npx tickhouse tables apply')).code).toBe(0)
    await eventually(async () => expect(await count()).toBeGreaterThanOrEqual(before), patient)
  })

  it('QuestDB is copied while it runs; the copy is restored, and what came after it is filled from Kafka', {
    timeout: 240_000,
  }, async ({ skip }) => {
    if (lacking(backup) !== undefined) {
      await proves(pipeline)
      skip(`there is no ${lacking(backup)}`)
    }
    const newest = async () => (await console.rows('SELECT max(timestamp) FROM trade'))[0]![0] as string
    const { code, output } = await reader.run(typed(backup))
    expect(code, output).toBe(0)
    const copied = await newest()
    const later = await eventually(async () => {
      const now = await newest()
      expect(now > copied).toBe(true)
      return now
    }, patient)
    await proves(pipeline)
    expect(await reader.run(restore)).toEqual({ code: 0, output: '' })
    pipeline = reader.start(start)
    await pipeline.says(firstRows, 180_000)
    console = new SqlConsole(reader.data)
    await eventually(async () => expect(await console.rows(`SELECT 1 FROM trade WHERE timestamp = '${later}'`)).not.toEqual([]), patient)
    await proves(pipeline)
  })

  it('a fresh start has nothing of before', { timeout: 300_000 }, async () => {
    const again = reader.start(fresh)
    await again.says(firstRows, 180_000)
    again.interrupt()
    expect((await again.end).output).toMatch(/^complete: [\d,]+ records of 1 session, 0 gaps, 0 dead letters$/m)
  })

  it('no statement is left that nothing has run', () => {
    expect(duty.rest()).toEqual([])
  })
})

/** Ctrl-C, after which it compares everything. */
async function proves(running: Running): Promise<void> {
  running.interrupt()
  const { code, output } = await running.end
  expect(output).toMatch(proved)
  expect(code, output).toBe(0)
}

const simulator = join(import.meta.dirname, '..', 'services', 'simulator', 'src', 'main.ts')

/** A program that a statement needs and that is not there; a reader would install it. */
function lacking(text: string): string | undefined {
  return ['psql', 'curl', 'rsync'].find(program => text.includes(`${program} `) && !has(program))
}

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`])
    return true
  } catch {
    return false
  }
}
