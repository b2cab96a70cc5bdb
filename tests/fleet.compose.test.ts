import type { VerifyReport } from '@tickhouse/audit'
import type { PageState } from '@tickhouse/page'
import { freePort } from '@tickhouse/stack'
import type { Store } from '@tickhouse/store'
import { eventually } from '@tickhouse/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ComposeProject, reasonToSkip } from './compose.ts'
import { Duty } from './documented/places.ts'
import type { Reader } from './documented/reader.ts'

const reason = await reasonToSkip()
if (reason !== undefined) {
  console.log(`docker compose with two collectors: skipped, because ${reason}`)
  it.skip(`docker compose with two collectors (skipped, because ${reason})`, () => {})
}

const patient = { timeoutMs: 90_000, intervalMs: 500 }
const two = ['collector-1', 'collector-2']

describe.skipIf(reason !== undefined)('two collectors in docker compose', () => {
  let project: ComposeProject
  let store: Store
  let reader: Reader | undefined
  let prometheus: number
  beforeAll(async () => {
    prometheus = await freePort()
    const files = { COMPOSE_FILE: 'docker-compose.yml:docker-compose.fleet.yml' }
    project = await ComposeProject.open('fleet', { SIMULATOR_RATE: '100', PROMETHEUS_PORT: String(prometheus), ...files })
    await project.compose('build')
    await project.up()
    await project.up('prometheus')
    store = await project.store()
  }, 900_000)
  afterAll(async () => {
    store?.close()
    await project?.close()
    await reader?.close()
  }, 120_000)

  it('come up, and each captures its part of the items and nothing of the other', async () => {
    await eventually(
      async () => expect((await itemsOf('collector-1')).length * (await itemsOf('collector-2')).length).toBeGreaterThan(0),
      patient,
    )
    const [one, other] = [await itemsOf('collector-1'), await itemsOf('collector-2')]
    expect(one.filter(item => other.includes(item))).toEqual([])
    expect(one).toContain('005930 KRX')
    expect(other).toContain('000660 KRX')
  })

  it('are both on the live page, with what they capture together', async () => {
    await eventually(async () => {
      const { collectors, stages, flows, sessions } = await pageState()
      expect(collectors.map(({ collector, condition, session }) => [collector, condition, session])).toEqual(
        two.map(name => [name, 'good', 'live']),
      )
      expect(stages.map(({ condition }) => condition)).toEqual(Array(6).fill('good'))
      const rates = collectors.map(({ perSecond }) => perSecond ?? 0)
      expect(Math.min(...rates)).toBeGreaterThan(0)
      expect(rates.reduce((sum, rate) => sum + rate)).toBeCloseTo(flows[0]!.perSecond!, 6)
      expect(new Set(sessions.map(({ collector }) => collector))).toEqual(new Set(two))
    }, patient)
  })

  it('verify reads both journals and names the collector of each session', async () => {
    const report = await verify()
    expect(report.findings.filter(({ verdict }) => verdict !== 'complete')).toEqual([])
    expect(new Set(report.findings.filter(({ dataset }) => dataset === 'trade').map(({ collector }) => collector))).toEqual(new Set(two))
  })

  it('status, top and doctor see both', async () => {
    // A machine that is busy with all this may take longer to answer than a verb waits.
    await eventually(async () => {
      const status = JSON.parse(await project.cli('status', '--format', 'json'))
      expect(status).toMatchObject({ healthy: true, collectors: two.map(collector => ({ collector, state: 'live' })) })
    }, patient)
    await eventually(async () => {
      const top = await project.cli('top', '--once')
      for (const name of two) expect(top).toMatch(new RegExp(`^collector ${name}: live, journal`, 'm'))
    }, patient)
    await eventually(async () => {
      const doctor = await project.cli('doctor')
      expect(doctor).toMatch(/^ok +processes +ready: collector collector-1, collector collector-2, sink$/m)
      expect(doctor).toMatch(/^ok +shared items/m)
    }, patient)
  }, 300_000)

  it('what the documentation says of them runs as it is written', async () => {
    const duty = new Duty('compose fleet')
    // The containers have files of this copy from here on.
    reader = project.reader()
    for (const { text } of duty.rest()) await reader.done(duty.take(text))
  }, 300_000)

  it('Prometheus scrapes both, each by its name', async () => {
    const url = `http://127.0.0.1:${prometheus}/api/v1/query?query=tickhouse_collector_session_live`
    await eventually(async () => {
      const { data } = (await (await fetch(url)).json()) as { data: { result: { metric: Record<string, string> }[] } }
      const labels = data.result.map(({ metric }) => [metric['collector'], metric['service']])
      expect(labels.sort()).toEqual(two.map(name => [name, 'collector']))
    }, patient)
  })

  it('one is killed: page and status say which, the other goes on, and nothing is lost but a gap', async () => {
    await project.compose('kill', 'collector-2')
    await eventually(async () => {
      const { collectors, problems, stages } = await pageState()
      expect(collectors[1]).toMatchObject({ collector: 'collector-2', condition: 'bad', word: 'no answer', perSecond: null })
      expect(problems[0]).toMatchObject({
        problem: expect.stringMatching(/^The collector collector-2 \(http:\/\/collector-2:9300\) does not answer/),
        remedy: expect.stringContaining('docker compose up --detach collector-2'),
      })
      expect(stages.find(({ name }) => name === 'collector')).toMatchObject({ condition: 'bad', note: 'collector-2' })
    }, patient)
    await expect(project.cli('status')).rejects.toThrow(/collector collector-2:9300 +http:\/\/collector-2:9300 +does not answer/)
    const before = (await pageState()).collectors[0]!.perSecond
    expect(before).toBeGreaterThan(0)

    await project.compose('start', 'collector-2')
    await eventually(async () => expect((await pageState()).collectors[1]).toMatchObject({ condition: 'good', session: 'live' }), patient)
    const gaps = `SELECT reason FROM feed_gap WHERE session IN (${sessionsOf('collector-2')})`
    await eventually(async () => expect(await store.query(gaps)).toContainEqual({ reason: 'crashed' }), patient)
    await project.compose('stop', ...two)
    expect((await verify()).verdict).toBe('complete')
  }, 300_000)

  const pageState = async () => {
    const response = await fetch(`http://127.0.0.1:${project.ports.page}/state.json`)
    return ((await response.json()) as { state: PageState }).state
  }
  const verify = async (): Promise<VerifyReport> => JSON.parse(await project.cli('verify', '--format', 'json', '--wait', '60s'))

  /** Items of which one collector has stored trades. */
  async function itemsOf(collector: string): Promise<string[]> {
    const sql = `SELECT DISTINCT symbol, venue FROM trade WHERE session IN (${sessionsOf(collector)})`
    return (await store.query<{ symbol: string; venue: string }>(sql)).map(({ symbol, venue }) => `${symbol} ${venue}`)
  }
})

function sessionsOf(collector: string): string {
  return `SELECT session FROM feed_session WHERE collector = '${collector}'`
}
