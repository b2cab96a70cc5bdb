import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { entityOf } from '@tickhouse/catalogue'
import { loginRequest, simulatorCredentials, TokenClient, webSocketPath } from '@tickhouse/kiwoom'
import { createLogger } from '@tickhouse/runtime'
import type { Fault } from '@tickhouse/simulator'
import { openStore } from '@tickhouse/store'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, removeFolder, scaledTimeout } from '@tickhouse/testkit'
import kafkajs, { type Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tickhouse } from './command.ts'
import { leaveRoom, mountDisk, noSmallDisk, unmountDisk } from './disks.ts'
import { withAdmin } from './faults/kafka-admin.ts'

interface Finding {
  readonly check: string
  readonly verdict: 'ok' | 'warn' | 'fail' | 'skipped'
  readonly found: string
  readonly mend: string | null
}

const noDisk = noSmallDisk()
/** Each look is a command of its own, which costs processor time. */
const slow = { timeoutMs: 120_000, intervalMs: 1_500 }
/** Never filled, and so much that no growth fills it within days. */
const roomMebibytes = 8 << 20
const unknownItem = '999999'
const topicOf = (dataset: string) => entityOf(dataset).topic

describeWithOwnServers('the doctor names the mistakes of an operator, and what mends them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickhouse-mistakes-'))
  const data = join(folder, 'data')
  let own: OwnServers
  let start: ReturnType<typeof tickhouse>

  beforeAll(async () => {
    own = await ownServers()
    mkdirSync(data)
    if (noDisk === undefined) mountDisk(data, roomMebibytes)
    start = started(`005930,000660,${unknownItem}`)
    await allIsFine()
  }, scaledTimeout(240_000))

  afterAll(async () => {
    await ended(start.child)
    await own?.close()
    if (noDisk === undefined) unmountDisk(data)
    removeFolder(folder)
  }, scaledTimeout(120_000))

  it('a missing topic, a wrong partition count, a changed setting, low retention and a missing table', {
    timeout: scaledTimeout(300_000),
  }, async () => {
    const [missing, fewer, compacted, short] = ['gold_price', 'order_book', 'broker_activity', 'etf_nav'].map(topicOf)
    await withAdmin(own.proxied.brokers, async admin => {
      await admin.deleteTopics({ topics: [missing!.name, fewer!.name] })
      await made(admin, fewer!.name, 3)
      await set(admin, compacted!, { 'cleanup.policy': 'compact' })
      await set(admin, short!, { 'retention.ms': '3600000' })
    })
    await query('DROP TABLE elw_theory')

    const findings = await examined()
    expect(wrong(findings, 'topics')).toEqual([
      { found: `1 topics are missing: ${missing!.name}`, mend: 'tickhouse topics apply' },
      { found: expect.stringContaining(`${fewer!.name}: 3 partitions, expected 6 (keys move)`), mend: 'tickhouse topics apply' },
      { found: expect.stringContaining(`${compacted!.name}: cleanup.policy is compact`), mend: 'tickhouse topics apply' },
      { found: expect.stringContaining(`${short!.name}: retention.ms is 3600000`), mend: 'tickhouse topics apply' },
    ])
    expect(wrong(findings, 'retention')).toContainEqual({
      found: `1 topics keep 60 min, less than 3 days: ${short!.name}`,
      mend: 'tickhouse topics apply',
    })
    expect(wrong(findings, 'tables')).toEqual([{ found: '1 tables are missing: elw_theory', mend: 'tickhouse tables apply' }])

    const commands = new Set(['topics', 'retention', 'tables'].flatMap(check => wrong(findings, check).map(({ mend }) => mend!)))
    for (const command of commands) expect(await asNamed(command), command).toMatchObject({ code: 0 })
    await allIsFine()
  })

  it('a wrong clock', { timeout: scaledTimeout(300_000) }, async () => {
    writeFileSync(join(folder, 'clock'), String(2 * 3_600_000))
    const findings = await eventually(async () => {
      const found = await examined()
      expect(wrong(found, 'processes')).toContainEqual(expect.objectContaining({ found: expect.stringMatching(/^collector: clock: /) }))
      return found
    }, slow)
    const ahead = (server: string) => ({
      found: expect.stringMatching(
        new RegExp(`^at least (7198|7199|7200)\\.\\d s ahead of ${server}: capture times are wrong by as much$`),
      ),
      mend: expect.stringMatching(/^timedatectl set-ntp true/),
    })
    expect(wrong(findings, 'clock')).toEqual([ahead('QuestDB'), ahead('the venue')])
    writeFileSync(join(folder, 'clock'), '0')
    await allIsFine()
  })

  it.skipIf(noDisk !== undefined)(
    `a full disk${noDisk ? ` (skipped, because ${noDisk})` : ''}`,
    { timeout: scaledTimeout(300_000) },
    async () => {
      leaveRoom(data, 1)
      const findings = await eventually(async () => {
        const found = await examined()
        expect(wrong(found, 'processes')).toContainEqual(expect.objectContaining({ found: expect.stringContaining('ENOSPC') }))
        return found
      }, slow)
      expect(wrong(findings, 'disk')).toEqual([
        { found: expect.stringMatching(/^journal .*: \d+(\.\d)? k?B free: the disk is full$/), mend: expect.stringMatching(/^make room/) },
      ])
      leaveRoom(data, roomMebibytes)
      await allIsFine()
    },
  )

  it('a token that has expired and is not renewed', { timeout: scaledTimeout(300_000) }, async () => {
    await inject({ fault: 'refuse', what: 'login', code: 8005, times: 1e6 })
    await inject({ fault: 'expire-tokens' })
    await inject({ fault: 'cut' })
    await named('token', {
      found: expect.stringContaining('The venue does not accept the token: a new one is needed (8005: Token not valid)'),
      mend: expect.stringContaining('the collector asks for another one by itself'),
    })
    process.kill(simulator().pid, 'SIGKILL')
    await allIsFine()
  })

  it('another login with the same app key', { timeout: scaledTimeout(300_000) }, async () => {
    const other = await loggedIn()
    await named('duplicate login', {
      found: 'another program is logged in with this app key, and the collector has no session',
      mend: 'stop the other program, or give each its own app key: KIWOOM_APP_KEY',
    })
    other.close()
    await eventually(async () => {
      const findings = await examined()
      expect(wrong(findings, 'processes')).toEqual([])
      expect(wrong(findings, 'duplicate login')).toEqual([
        expect.objectContaining({ found: 'another program logged in with this app key 1 times in the last day (session_taken)' }),
      ])
    }, slow)
  })

  it('an item that the venue refuses', { timeout: scaledTimeout(300_000) }, async () => {
    await inject({ fault: 'refuse-items', items: [unknownItem], code: 105111 })
    await inject({ fault: 'cut' })
    await named('refused items', {
      found: expect.stringMatching(new RegExp(`^${unknownItem} not registered, and nothing is captured of what was refused: .*105111`)),
      mend: expect.stringContaining('out of KIWOOM_SYMBOLS'),
    })
    await ended(start.child)
    start = started('005930,000660')
    await eventually(async () => {
      await inject({ fault: 'refuse-items', items: [unknownItem], code: 105111 })
      expect((await examined()).find(({ check }) => check === 'refused items')).toMatchObject({ verdict: 'ok' })
    }, slow)
  })

  /** The machine of the mistakes: its clock is right until the file says otherwise. */
  const machine = {
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'faults', 'shifted-clock.mjs')).href}`,
    SHIFTED_CLOCK_FILE: join(folder, 'clock'),
  }

  function started(symbols: string) {
    const brisk = { KIWOOM_TAKEN_WAIT: `${scaledTimeout(20_000)}ms`, KIWOOM_RECONNECT_MAX: '500ms', SINK_COMMITS_PER_SECOND: '25' }
    const words = ['start', '--data', data, '--rate', '20']
    return tickhouse(own.proxied, join(data, 'journal'), words, { ...machine, ...brisk, KIWOOM_SYMBOLS: symbols })
  }

  /** Runs a command as the doctor names it. */
  function asNamed(line: string) {
    const [program, ...words] = line.split(' ')
    expect(program).toBe('tickhouse')
    return tickhouse(own.proxied, join(data, 'journal'), words).end
  }

  async function examined(): Promise<Finding[]> {
    const { stdout } = await tickhouse(own.proxied, join(data, 'journal'), ['doctor', '--data', data, '--format', 'json'], machine).end
    return JSON.parse(stdout) as Finding[]
  }

  async function allIsFine(): Promise<void> {
    await eventually(async () => expect((await examined()).filter(isWrong)).toEqual([]), slow)
  }

  async function named(check: string, finding: object): Promise<void> {
    await eventually(async () => expect(wrong(await examined(), check)).toEqual([finding]), slow)
  }

  async function query(sql: string): Promise<void> {
    const store = openStore({ configurationString: own.proxied.questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    await store.query(sql).finally(() => store.close())
  }

  function simulator(): { pid: number; address: string } {
    const { processes } = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'))
    return processes.find(({ name }: { name: string }) => name === 'simulator')
  }

  async function inject(fault: Fault): Promise<void> {
    const response = await fetch(`${simulator().address}/simulator/fault`, { method: 'POST', body: JSON.stringify(fault) })
    expect(response.ok).toBe(true)
  }

  /** Another program that uses the app key of the collector. */
  async function loggedIn(): Promise<WebSocket> {
    const { address } = simulator()
    const token = await new TokenClient({ restUrl: address, ...simulatorCredentials }).token()
    const socket = new WebSocket(address.replace('http', 'ws') + webSocketPath)
    await once(socket, 'open')
    socket.send(loginRequest(token))
    socket.addEventListener('message', ({ data: text }) => {
      if (String(text).includes('PING')) socket.send(String(text))
    })
    return socket
  }
})

function isWrong({ verdict }: Finding): boolean {
  return verdict === 'warn' || verdict === 'fail'
}

/** What one check found wrong, with what mends it. */
function wrong(findings: readonly Finding[], check: string): Pick<Finding, 'found' | 'mend'>[] {
  return findings.filter(finding => finding.check === check && isWrong(finding)).map(({ found, mend }) => ({ found, mend }))
}

/** Makes a topic in place of one that is just being deleted. */
async function made(admin: Admin, topic: string, partitions: number): Promise<void> {
  await eventually(async () => {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false })
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    expect(topics[0]!.partitions).toHaveLength(partitions)
  }, slow)
}

async function set(admin: Admin, { name, config }: ReturnType<typeof topicOf>, changed: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries({ ...config, ...changed }).map(([key, value]) => ({ name: key, value: String(value) }))
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }] })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGINT')
  await exit
}
