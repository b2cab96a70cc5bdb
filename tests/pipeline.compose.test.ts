import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VerifyReport } from '@tickhouse/audit'
import { entities, venueDatasets } from '@tickhouse/catalogue'
import type { PageState } from '@tickhouse/page'
import type { Store } from '@tickhouse/store'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ComposeProject, docker, reasonToSkip } from './compose.ts'
import { postgres } from './postgres.ts'

const reason = await reasonToSkip()
if (reason !== undefined) {
  console.log(`docker compose: skipped, because ${reason}`)
  it.skip(`docker compose (skipped, because ${reason})`, () => {})
}

describeCompose('docker compose', () => {
  let project: ComposeProject
  let store: Store
  beforeAll(async () => {
    project = await ComposeProject.open('simulator', { SIMULATOR_RATE: '300' })
    await project.compose('build')
    await project.up()
    store = await project.store()
  }, 900_000)
  afterAll(async () => {
    store?.close()
    await project?.close()
  }, 120_000)

  it('comes up without any settings, and rows of all nineteen types are in QuestDB', async () => {
    for (const { name } of venueDatasets) await eventually(async () => expect(await rows(name), name).toBeGreaterThan(0), patient)
    expect((await verify()).verdict).toBe('complete')
  })

  it('the live page sees all parts', async () => {
    await eventually(async () => {
      const { stages, flows } = (await pageState()).state
      expect(stages.map(({ condition }) => condition)).toEqual(Array(6).fill('good'))
      expect(Math.min(...flows.map(({ perSecond }) => perSecond ?? 0))).toBeGreaterThan(0)
    }, patient)
  })

  it('no password that is known to everybody opens QuestDB', async () => {
    const { http, postgres: port } = project.ports
    for (const authorization of [undefined, basic('admin', 'quest'), basic('tickhouse', 'quest')]) {
      const response = await fetch(`http://127.0.0.1:${http}/exec?query=select%201`, { headers: authorization ? { authorization } : {} })
      expect(response.status, authorization).toBe(401)
    }
    for (const user of ['admin', 'user', 'quant', 'tickhouse'])
      await expect(postgres(port, user, 'quest', 'SELECT 1'), user).rejects.toThrow(/invalid username\/password/)
  })

  it('quants read with a password of their own, and cannot write', async () => {
    const password = await project.credential('reader/questdb-password')
    const shown = await project.compose('run', '--rm', '-T', 'credentials', 'show')
    expect(shown).toContain(`postgresql://quant:${password}@127.0.0.1:${project.ports.postgres}/qdb`)
    const [[count]] = (await postgres(project.ports.postgres, 'quant', password, 'SELECT count() FROM trade')) as [[string]]
    expect(Number(count)).toBeGreaterThan(0)
    await expect(postgres(project.ports.postgres, 'quant', password, 'TRUNCATE TABLE trade')).rejects.toThrow(/permission denied/i)
  })

  it('every container is confined, and nothing listens beyond this machine', async () => {
    const containers = await project.containers()
    expect(containers.map(({ Service }) => Service).sort()).toEqual(
      ['collector', 'credentials', 'kafka', 'page', 'questdb', 'simulator', 'sink', 'tables', 'topics'].sort(),
    )
    const inspected = JSON.parse(await docker(['inspect', ...containers.map(({ ID }) => ID)])) as Inspected[]
    for (const { Name, Config, HostConfig } of inspected) {
      expect(HostConfig, Name).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'] })
      expect(HostConfig, Name).toMatchObject({ Memory: expect.any(Number), NanoCpus: expect.any(Number) })
      expect(HostConfig.Memory * HostConfig.NanoCpus, Name).toBeGreaterThan(0)
      expect(HostConfig.LogConfig.Config, Name).toMatchObject({ 'max-size': '10m', 'max-file': '3' })
      expect(Config.User, Name).toMatch(/^(node|appuser|10001:10001)$/)
      const addresses = Object.values(HostConfig.PortBindings ?? {}).flatMap(bindings => bindings.map(({ HostIp }) => HostIp))
      expect(new Set(addresses), Name).toEqual(new Set(addresses.length === 0 ? [] : ['127.0.0.1']))
    }
  })

  it('images hold what runs, and nothing that only developers need', async () => {
    for (const service of ['collector', 'sink', 'simulator', 'cli']) {
      const list = await docker(['run', '--rm', '--entrypoint', 'find', `${project.name}/${service}:local`, '/app'])
      const paths = list.split('\n')
      expect(paths, service).toContain('/app/main.ts')
      expect(
        paths.filter(path => /\/(vitest|typescript|testcontainers|@biomejs|fast-check|testkit|fixtures|bench)(\/|$)/.test(path)),
      ).toEqual([])
      expect(paths.filter(path => !path.includes('/.pnpm/') && /\/test(\/|$)|\.test\.ts$|\.md$|\.npmrc$/.test(path))).toEqual([])
    }
  })

  for (const service of ['sink', 'collector', 'kafka', 'questdb', 'simulator'])
    it(`a restart of ${service} under load loses nothing`, async () => {
      await growing()
      await project.compose('restart', service)
      await growing()
      await complete()
    }, 300_000)

  it('an upgrade of every image under load loses nothing', async () => {
    const ours = async () => (await project.containers()).flatMap(({ ID, Image }) => (Image.startsWith(project.name) ? [ID] : []))
    const before = await ours()
    await growing()
    for (const service of ['collector', 'sink', 'simulator', 'cli']) await buildNextVersion(`${project.name}/${service}:local`)
    await project.up()
    const after = await ours()
    expect(after).toHaveLength(before.length)
    expect(after.filter(id => before.includes(id))).toEqual([])
    await growing()
    await complete()
  }, 300_000)

  it('three sinks share the partitions', async () => {
    await project.up('--scale', 'sink=3')
    await eventually(async () => {
      const shares = await partitionsPerSink()
      expect(shares).toHaveLength(3)
      expect(Math.min(...shares)).toBeGreaterThan(0)
      expect(shares.reduce((sum, share) => sum + share)).toBe(partitionCount)
    }, patient)
    await eventually(async () => {
      const { stages } = (await pageState()).state
      expect(stages.find(({ name }) => name === 'sink')).toMatchObject({ condition: 'good', note: expect.stringMatching(/^3 sinks/) })
    }, patient)
    await growing()
    await complete()
  }, 300_000)

  it('down and up again loses nothing, and passwords stay', async () => {
    const before = { rows: await rows('trade'), password: await project.credential('writer/questdb-password') }
    const { sessions } = await verify()
    await project.compose('down')
    await project.up()
    expect(await project.credential('writer/questdb-password')).toBe(before.password)
    expect(await rows('trade')).toBeGreaterThanOrEqual(before.rows)
    await growing()
    const report = await complete()
    expect(report.sessions).toBe(sessions + 1)
  }, 300_000)

  it('a real venue is captured with the keys of two files, by a project without a simulator', async () => {
    await project.compose('down')
    const live = await ComposeProject.open('mock', {
      ...{ KIWOOM_ENV: 'mock', TICKHOUSE_IMAGES: project.name, ...keyFiles() },
      ...{ KIWOOM_REST_URL: 'http://venue:9400', KIWOOM_WS_URL: 'ws://venue:9400' },
    })
    try {
      await live.compose('create')
      await startVenue(live)
      await live.up()
      const services = (await live.containers()).map(({ Service }) => Service)
      expect(services.sort()).toEqual(['collector', 'credentials', 'kafka', 'page', 'questdb', 'sink', 'tables', 'topics'])
      const liveStore = await live.store()
      await eventually(async () => expect(await liveStore.query('SELECT price FROM trade LIMIT 1')).toHaveLength(1), patient)
      const sessions = await liveStore.query('SELECT DISTINCT environment FROM feed_session')
      liveStore.close()
      expect(sessions).toEqual([{ environment: 'mock' }])
    } finally {
      await docker(['rm', '--force', `${live.name}-venue`])
      await live.close()
    }
  }, 300_000)

  it('with a closed Kafka rows of all types arrive, and nobody gets in or does what is not theirs', async () => {
    await project.compose('down')
    const files = { COMPOSE_FILE: 'docker-compose.yml:docker-compose.secure.yml' }
    const closed = await ComposeProject.open('closed', { SIMULATOR_RATE: '300', TICKHOUSE_IMAGES: project.name, ...files })
    try {
      await closed.up()
      const closedStore = await closed.store()
      for (const { name } of venueDatasets)
        await eventually(async () => expect(await rows(name, closedStore), name).toBeGreaterThan(0), patient)
      closedStore.close()
      expect((await verify(closed)).verdict).toBe('complete')
      const asAdmin = ['run', '--rm', '-T', '--env', 'KAFKA_SASL_USERNAME=admin', 'cli', 'topics', 'plan']
      await expect(closed.compose(...asAdmin)).rejects.toThrow(/invalid credentials.*KAFKA_SASL_PASSWORD/)
      expect(await closed.cli('acls', 'plan')).toMatch(/All access rules are as the catalogue says/)
      await expect(closed.cli('acls', 'apply', '--user', 'consumer=research')).rejects.toThrow(/not authorized|AUTHORIZATION/i)
    } finally {
      await closed.close()
    }
  }, 300_000)

  /** Stands in for Kiwoom: a simulator outside of the project, that takes the keys of `keyFiles` only. */
  async function startVenue(live: ComposeProject): Promise<void> {
    const settings = ['SIMULATOR_HOST=0.0.0.0', 'SIMULATOR_PORT=9400', 'SIMULATOR_APP_KEY=app', 'SIMULATOR_SECRET_KEY=secret']
    const network = ['--network', `${live.name}_default`, '--network-alias', 'venue']
    const environment = settings.flatMap(setting => ['--env', setting])
    await docker(['run', '--detach', '--name', `${live.name}-venue`, ...network, ...environment, `${project.name}/simulator:local`])
  }

  /** Another image by the same name, as a new version leaves it. */
  async function buildNextVersion(image: string): Promise<void> {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${image}\nLABEL version=next\n`)
    // The old one keeps a name, by which it is removed in the end.
    await docker(['tag', image, image.replace(':local', ':before')])
    await docker(['build', '--tag', image, folder])
  }

  const rows = async (table: string, of = store) => (await of.query<{ count: number }>(`SELECT count() AS count FROM ${table}`))[0]!.count
  const pageState = async () => (await (await fetch(`http://127.0.0.1:${project.ports.page}/state.json`)).json()) as { state: PageState }
  const verify = async (of = project): Promise<VerifyReport> => JSON.parse(await of.cli('verify', '--format', 'json', '--wait', '60s'))

  /** Resolves when new rows have arrived. */
  async function growing(): Promise<void> {
    const before = await eventually(() => rows('trade'), patient)
    await eventually(async () => expect(await rows('trade')).toBeGreaterThan(before + 200), patient)
  }

  /** Ends the session, so that journal and tables can be compared to the last record, and goes on with a new one. */
  async function complete(): Promise<VerifyReport> {
    await project.compose('stop', 'collector')
    const report = await verify()
    expect(report.findings.filter(({ verdict }) => verdict === 'incomplete')).toEqual([])
    expect(report.verdict).toBe('complete')
    await project.compose('start', 'collector')
    return report
  }

  async function partitionsPerSink(): Promise<number[]> {
    const tool = ['/opt/kafka/bin/kafka-consumer-groups.sh', '--bootstrap-server', 'localhost:9092', '--group', 'tickhouse-sink']
    const lines = await project.compose('exec', '-T', 'kafka', ...tool, '--describe', '--members')
    return lines.split('\n').flatMap(line => (line.startsWith('tickhouse-sink ') ? [Number(line.trim().split(/\s+/).at(-1))] : []))
  }
})

describeCompose('docker compose and the venue', () => {
  it('a real venue needs its two key files, and brings no simulator', async () => {
    const project = await ComposeProject.open('mock', { KIWOOM_ENV: 'mock' })
    await expect(project.compose('config')).rejects.toThrow(/KIWOOM_APP_KEY_FILE.*KIWOOM_SECRET_KEY_FILE/s)
    const live = await ComposeProject.open('mock', { KIWOOM_ENV: 'mock', ...keyFiles() })
    const { services, name } = JSON.parse(await live.compose('--profile', 'live', 'config', '--format', 'json'))
    expect(Object.keys(services)).toEqual(expect.not.arrayContaining(['simulator']))
    expect(services.collector.environment).toMatchObject({ KIWOOM_ENV: 'mock', KIWOOM_APP_KEY_FILE: '/run/secrets/kiwoom-app-key' })
    expect(name).toBe(live.name)
  })

  it('each venue has a project, and so volumes, of its own', async () => {
    for (const [venue, settings] of [
      ['simulator', {}],
      ['production', { KIWOOM_ENV: 'production', ...keyFiles() }],
    ] as const) {
      const { PATH, HOME } = process.env
      const config = await docker(['compose', '--env-file', '/dev/null', 'config', '--format', 'json'], { PATH, HOME, ...settings })
      expect(JSON.parse(config).volumes.questdb.name).toBe(`tickhouse-${venue}_questdb`)
    }
  })

  it.each(['prod', 'mok', 'Production'])(
    'an unknown venue, such as %s, is refused before anything starts, with the words there are',
    async venue => {
      const project = await ComposeProject.open('unknown', { KIWOOM_ENV: venue })
      await expect(project.compose('config')).rejects.toThrow(`KIWOOM_ENV-is-simulator-mock-or-production/${venue}.yml: no such file`)
    },
  )

  it('the profile live without a venue fails instead of showing the simulator', async () => {
    const project = await ComposeProject.open('profile')
    try {
      await expect(project.compose('--profile', 'live', 'up', '--wait', 'live-needs-KIWOOM_ENV')).rejects.toThrow(/live-needs-KIWOOM_ENV/)
      expect(await project.compose('--profile', 'live', 'logs')).toContain('Set KIWOOM_ENV to mock or production')
    } finally {
      await project.close()
    }
  }, 60_000)
})

function describeCompose(title: string, tests: () => void): void {
  if (reason === undefined) describe(title, tests)
}

const patient = { timeoutMs: 90_000, intervalMs: 500 }
const partitionCount = entities.reduce((sum, { topic }) => sum + topic.partitions, 0)

interface Inspected {
  readonly Name: string
  readonly Config: { readonly User: string }
  readonly HostConfig: {
    readonly Memory: number
    readonly NanoCpus: number
    readonly LogConfig: { readonly Config: object }
    readonly PortBindings: Readonly<Record<string, readonly { HostIp: string }[]>> | null
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function keyFiles(): Record<string, string> {
  const folder = temporaryFolder()
  const paths = { KIWOOM_APP_KEY_FILE: join(folder, 'app'), KIWOOM_SECRET_KEY_FILE: join(folder, 'secret') }
  writeFileSync(paths.KIWOOM_APP_KEY_FILE, 'app\n')
  writeFileSync(paths.KIWOOM_SECRET_KEY_FILE, 'secret\n')
  return paths
}
