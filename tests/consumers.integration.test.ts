import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bus, Publisher } from '@tickhouse/bus'
import { guard, type KafkaServer, startKafka } from '@tickhouse/stack'
import { describeWithLocalServers, eventually, localServers, removeFolder, scaledTimeout } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { installPython, type KitReader, type OpenKit, openPython, openTypescript, type Reading } from './consumers/kits.ts'
import { packInto } from './consumers/pack.ts'
import { busOn, makeTopics, numbers, planted, trades } from './consumers/planted.ts'
import { Duty } from './documented/places.ts'
import { Reader } from './documented/reader.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const patient = { timeoutMs: 60_000 }
const patientTest = { timeout: 180_000 }

describeWithLocalServers('consumers of the topics', () => {
  let folder: string
  let kafka: KafkaServer
  let bus: Bus
  let publisher: Publisher
  /** It takes its time, in which others can be tried. */
  let installing: ReturnType<typeof installPython>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tickhouse-consumers-'))
    const { java, jars } = localServers()
    // Building writes beside the sources.
    const kit = join(folder, 'kit')
    cpSync(join(root, 'clients', 'python'), kit, { recursive: true })
    installing = installPython(join(folder, 'venv'), `${kit}[polars,pandas]`)
    kafka = await startKafka({ directory: join(folder, 'kafka'), jars: jars.kafka, java })
    bus = busOn(kafka.brokers)
    await makeTopics(bus)
    publisher = bus.publisher()
  }, scaledTimeout(300_000))

  afterAll(async () => {
    await installing
    await publisher?.close()
    await kafka?.stop()
    removeFolder(folder)
  }, 60_000)

  /** What opens a kit, or why there is none. */
  type Kit = () => Promise<{ readonly open: OpenKit } | { readonly missing: string }>
  const python: Kit = async () => {
    const installed = await installing
    return 'python' in installed ? { open: openPython(installed.python) } : installed
  }
  const kits: readonly [string, Kit][] = [
    ['TypeScript', async () => ({ open: openTypescript })],
    ['Python', python],
  ]
  const opened = async (kit: Kit, skip: (why: string) => never): Promise<OpenKit> => {
    const found = await kit()
    return 'open' in found ? found.open : skip(found.missing)
  }

  describe.each(kits)('the kit for %s', (name, kit) => {
    const session = (word: string) => `${name}-${word}`
    const reading = async (open: OpenKit, about: Partial<Reading> = {}): Promise<KitReader> => {
      const reader = await open({ brokers: kafka.brokers, datasets: ['trade'], from: 'latest', ...about })
      onTestFinished(() => reader.close())
      return reader
    }
    const recordsOf = (word: string, seqs: readonly number[]) => seqs.map(seq => `record trade ${session(word)} ${seq}`)
    const toldOf = ({ told }: KitReader, word: string) => told.filter(text => text.includes(` ${session(word)} `))
    const bySeq = (one: string, other: string) => Number(one.split(' ').at(-1)) - Number(other.split(' ').at(-1))

    it('tells each record once, a gap that was planted, a jump of the numbers, and what is no record', patientTest, async ({ skip }) => {
      const open = await opened(kit, skip)
      const mine = session('planted')
      const records = trades(mine, [...numbers(1, 40), ...numbers(44, 80)])
      await publisher.publish([
        planted('feed_session', mine, 1, { event: 'open' }),
        ...records,
        planted('feed_gap', mine, 1, { reason: 'silent', types: '0B' }),
        planted('dead_letter', mine, 42, { stage: 'collector', dataset: 'trade', reason: 'no_values' }),
        { ...records[0]!, value: `no record of ${mine}` },
      ])
      await publisher.publish(records.slice(20, 60))
      const reader = await reading(open, { from: 'earliest' })
      const jumps = [`jump trade ${mine} 41-41 missing`, `jump trade ${mine} 42-42 dead_letter`, `jump trade ${mine} 43-43 missing`]
      await eventually(() => expect(toldOf(reader, 'planted')).toEqual(expect.arrayContaining(jumps)), patient)
      const others = [...jumps, `gap silent ${mine} trade`, `session ${mine} open`]
      expect([...toldOf(reader, 'planted')].sort()).toEqual(
        [...recordsOf('planted', [...numbers(1, 40), ...numbers(44, 80)]), ...others].sort(),
      )
      expect(reader.told.filter(text => text.startsWith('unreadable'))).not.toEqual([])
    })

    it(
      'goes on from a position of the user: nothing is told twice, and a repeat of what came before is known',
      patientTest,
      async ({ skip }) => {
        const open = await opened(kit, skip)
        const [first, second] = [trades(session('resumed'), numbers(1, 50)), trades(session('resumed'), numbers(51, 90))]
        const before = await reading(open)
        await publisher.publish(first)
        await eventually(() => expect(toldOf(before, 'resumed')).toHaveLength(50), patient)
        const position = JSON.parse(JSON.stringify(before.position))
        await before.close()
        await publisher.publish([...second, ...first.slice(30), ...second.slice(0, 10)])
        const after = await reading(open, { from: position })
        await eventually(() => expect(toldOf(after, 'resumed').length).toBeGreaterThanOrEqual(40), patient)
        await publisher.publish(trades(session('resumed'), [91]))
        await eventually(() => expect(toldOf(after, 'resumed')).toContain(recordsOf('resumed', [91])[0]), patient)
        expect([...toldOf(after, 'resumed')].sort(bySeq)).toEqual(recordsOf('resumed', numbers(51, 91)))
      },
    )

    it('begins at a time', patientTest, async ({ skip }) => {
      const open = await opened(kit, skip)
      const atMs = Date.now() - 3_600_000
      const timed = (seq: number) => trades(session('timed'), [seq], { timestamp: (atMs + seq * 60_000) * 1_000 })
      await publisher.publish(numbers(1, 30).flatMap(timed))
      const reader = await reading(open, { from: new Date(atMs + 21 * 60_000) })
      await eventually(() => expect(toldOf(reader, 'timed').length).toBeGreaterThanOrEqual(10), patient)
      expect([...toldOf(reader, 'timed')].sort(bySeq)).toEqual(recordsOf('timed', numbers(21, 30)))
    })

    it.for(['lz4', 'zstd', 'none'] as const)('reads what is packed with %s', patientTest, async (compression, { skip }) => {
      const open = await opened(kit, skip)
      const reader = await reading(open)
      const packing = busOn(kafka.brokers, compression).publisher()
      onTestFinished(() => packing.close())
      await packing.publish(trades(session(compression), numbers(1, 300)))
      await eventually(() => expect(toldOf(reader, compression)).toHaveLength(300), patient)
    })

    it('says what expired before it was read, and that a position is not of this topic', patientTest, async ({ skip }) => {
      const open = await opened(kit, skip)
      const { topic } = planted('etf_nav', 'any', 1)
      const seqs = numbers(1, 20)
      await publisher.publish(seqs.map(seq => planted('etf_nav', session('expired'), seq)))
      const { offset: end } = (await bus.endOffsets([topic]))[0]!
      await dropBefore(topic, end - 5)
      const expired = await reading(open, { datasets: ['etf_nav'], from: { [topic]: { 0: end - 12 } } })
      await eventually(() => expect(expired.told).toContain(`record etf_nav ${session('expired')} 20`), patient)
      expect(expired.told.filter(text => text.startsWith('lost'))).toEqual([`lost ${topic}/0 ${end - 12}-${end - 5} expired`])
      expect(expired.told.filter(text => text.includes('etf_nav ')).length).toBe(5)
      const beyond = await reading(open, { datasets: ['etf_nav'], from: { [topic]: { 0: end + 50_000 } } })
      await eventually(() => expect(beyond.told).toContain(`record etf_nav ${session('expired')} 20`), patient)
      expect(beyond.told.filter(text => text.startsWith('lost'))).toEqual([`lost ${topic}/0 ${end + 50_000}-${end - 5} recreated`])
    })

    it('as a member of a group goes on where the group was', patientTest, async ({ skip }) => {
      const open = await opened(kit, skip)
      const group = `consumer.${name.toLowerCase()}`
      const first = await reading(open, { group, from: 'latest' })
      // A member has its place when it reads.
      let seq = 0
      await eventually(async () => {
        await publisher.publish(trades(session('member'), [++seq]))
        expect(toldOf(first, 'member')).not.toEqual([])
      }, patient)
      await publisher.publish(trades(session('member'), numbers(seq + 1, seq + 20)))
      await eventually(() => expect(toldOf(first, 'member')).toContain(recordsOf('member', [seq + 20])[0]), patient)
      await eventually(async () => expect(await lagOf(group)).toBe(0), patient)
      await first.close()
      await publisher.publish(trades(session('member'), numbers(seq + 21, seq + 30)))
      const next = await reading(open, { group, from: 'latest' })
      await eventually(
        () => expect([...toldOf(next, 'member')].sort(bySeq)).toEqual(recordsOf('member', numbers(seq + 21, seq + 30))),
        patient,
      )
    })
  })

  it('the kit for TypeScript is packed, and a project elsewhere compiles and runs its example', patientTest, async ({ skip }) => {
    const project = join(folder, 'project')
    const packed = await packInto(project)
    skip('missing' in packed, 'missing' in packed ? packed.missing : '')
    cpSync(join(root, 'examples', 'consumers', 'typescript', 'trades.ts'), join(project, 'trades.ts'))
    const words = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext.disposable',
      '--types',
      'node',
    ]
    await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...words, 'trades.ts'], { cwd: project })
    await publisher.publish(trades('packed', [1], { symbol: '000990' }))
    const child = spawn(process.execPath, ['trades.ts', '000990'], { cwd: project, env: { ...process.env, KAFKA_BROKERS: kafka.brokers } })
    guard(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        output += text
      })
    onTestFinished(() => void child.kill('SIGKILL'))
    await eventually(() => expect(output).toMatch(/ 000990 KRX 70001 1 -$/m), patient)
  })

  it('the tests of the kit for Python pass', patientTest, async ({ skip }) => {
    const installed = await installing
    const python = 'python' in installed ? installed.python : skip(installed.missing)
    const { stderr } = await run(python, ['-m', 'unittest', 'discover', '--start-directory', 'tests', '--top-level-directory', '.'], {
      cwd: join(root, 'clients', 'python'),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    })
    expect(stderr).toMatch(/^Ran \d{2,} tests[\s\S]*^OK$/m)
  })

  it('a Kafka that is killed and started again costs no reader a record, and none is told twice', patientTest, async () => {
    // A request can stand in some partitions and come to the others after the restart: the kits' own settling time is longer than that.
    const found = await Promise.all(kits.map(([, kit]) => kit()))
    const opens = found.flatMap(kit => ('open' in kit ? [kit.open] : []))
    const readers = await Promise.all(
      opens.map(open => open({ brokers: kafka.brokers, datasets: ['trade'], from: 'latest', settleMs: 60_000 })),
    )
    onTestFinished(async () => void (await Promise.all(readers.map(reader => reader.close()))))
    const [half, all] = [300, 600]
    const publish = async (from: number, to: number) => {
      for (let seq = from; seq < to; seq += 10) await publisher.publish(trades('killed', numbers(seq, seq + 9)))
    }
    const told = ({ told }: KitReader) => told.filter(text => text.includes(' killed '))
    await publish(1, half)
    await eventually(() => expect(readers.map(reader => told(reader).length > 20)).toEqual(readers.map(() => true)), patient)
    await kafka.kill('SIGKILL')
    const publishing = publish(half + 1, all)
    await kafka.start()
    await publishing
    await eventually(() => expect(readers.map(reader => told(reader).length)).toEqual(readers.map(() => all)), { timeoutMs: 90_000 })
    const expected = numbers(1, all).map(seq => `record trade killed ${seq}`)
    for (const reader of readers) expect([...told(reader)].sort()).toEqual([...expected].sort())
  })

  describe('the examples of examples/consumers', () => {
    const duty = new Duty('consumers')
    let reader: Reader

    beforeAll(async () => {
      // What a JVM unpacks stays when it is ended from outside.
      reader = Reader.open({ JAVA_TOOL_OPTIONS: `-Djava.io.tmpdir=${folder}` })
      for (const part of ['examples/consumers', 'clients/python']) cpSync(join(root, part), join(reader.folder, part), { recursive: true })
      writeFileSync(join(reader.data, 'run.json'), JSON.stringify({ brokers: kafka.brokers }))
      const records = trades('examples', numbers(1, 5), { symbol: '005930' })
      await publisher.publish([
        ...records,
        ...records.slice(0, 3),
        planted('feed_gap', 'examples', 1, { reason: 'session_taken', types: '0B' }),
      ])
    }, scaledTimeout(60_000))

    afterAll(() => reader?.close())

    const address = duty.takeOne(/^export KAFKA_BROKERS=/)
    const examples: readonly (readonly [title: string, steps: readonly RegExp[], needs: readonly string[]])[] = [
      ['TypeScript', [/trades\.ts/], []],
      ['Python', [/pip install/, /trades\.py/], ['python3']],
      ['Java', [/dependency:copy-dependencies/, /Trades\.java/], ['mvn', 'java']],
      ['kcat', [/kcat\.sh/], ['kcat', 'jq']],
      ["Kafka's console consumer", [/console\.sh/], ['java', 'jq']],
    ]

    it.for(examples)('%s: prints each trade once, and the gap', patientTest, async ([title, steps, needs], { skip }) => {
      const texts = steps.map(step => duty.takeOne(step))
      const lacking = await firstMissing(needs)
      if (lacking !== undefined) {
        console.warn(`consumers: the example for ${title} is SKIPPED, because there is no ${lacking}`)
        skip(`there is no ${lacking}`)
      }
      for (const text of texts.slice(0, -1)) await reader.done(text)
      const running = reader.start(`${address}\n${texts.at(-1)}`)
      await running.says(/gap: session_taken/)
      const output = await running.says(/ KRX 70005(\.0)? 1 -/)
      running.interrupt()
      await running.end
      const printed = output.split('\n').flatMap(line => / 005930 KRX (7000\d)(?:\.0)? 1 -$/.exec(line)?.[1] ?? [])
      expect(printed.sort()).toEqual(['70001', '70002', '70003', '70004', '70005'])
      expect(output.match(/gap: session_taken/g)).toHaveLength(1)
    })

    it('every command of the page was run', () => {
      expect(duty.rest()).toEqual([])
    })
  })

  /** Lets the records before an offset expire. */
  async function dropBefore(topic: string, offset: number): Promise<void> {
    const admin = new kafkajs.Kafka({ brokers: [kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.fetchTopicOffsets(topic) // it deletes nothing in a topic that it has not met
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
    await admin.disconnect()
  }

  /** How many trades a group has not committed yet. */
  async function lagOf(group: string): Promise<number> {
    const partitions = await bus.lag(group, [planted('trade', 'any', 1).topic])
    return partitions.reduce((sum, { lag }) => sum + lag, 0)
  }
})

/** The first of these programs that is not there. */
async function firstMissing(programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    const found = await run('sh', ['-c', `command -v ${program}`]).catch(() => undefined)
    if (found === undefined || !existsSync(found.stdout.trim())) return program
  }
  return undefined
}
