import { entities, entityOf } from '@tickhouse/catalogue'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, temporaryFolder } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CommandEnd, tickhouse } from './command.ts'
import { Pipeline } from './pipeline.ts'

const [bestQuote, goldPrice, orderBook] = ['best_quote', 'gold_price', 'order_book'].map(name => entityOf(name).topic.name)
const koreanHours = 9

describeWithOwnServers('one topic or table that is not as it should be', () => {
  let own: OwnServers
  let kafka: kafkajs.Admin
  let pipeline: Pipeline
  beforeAll(async () => {
    own = await ownServers()
    kafka = new kafkajs.Kafka({ brokers: [own.proxied.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await kafka.connect()
    pipeline = await Pipeline.open(own.proxied)
  })
  afterAll(async () => {
    await pipeline?.close()
    await kafka?.disconnect()
    await own?.close()
  })

  const run = (journal: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandEnd> =>
    tickhouse(own.proxied, journal, words, env).end

  it('verify judges the others, and calls unknown what it cannot read, with the reason', { timeout: 300_000 }, async () => {
    await pipeline.run({ rate: 100 })
    const rowsOf = async (dataset: string) =>
      (await pipeline.store.query<{ rows: number }>(`SELECT count() AS rows FROM ${dataset}`))[0]!.rows
    await eventually(async () => expect(Math.min(await rowsOf('trade'), await rowsOf('order_book'))).toBeGreaterThan(50), {
      timeoutMs: 120_000,
    })
    await pipeline.running.collector!.stop()
    const verify = (...words: readonly string[]) => run(pipeline.journal, ['verify', ...words], { SINK_GROUP: pipeline.group })
    await eventually(async () => expect(await verify('--wait', '0s')).toMatchObject({ code: 0 }), { timeoutMs: 120_000 })
    await pipeline.running.sink!.stop()

    await kafka.deleteTopics({ topics: [orderBook!, goldPrice!] })
    await pipeline.store.query('RENAME TABLE trade TO trade_away')
    const broken = await verify('--wait', '0s')
    expect(broken.code).toBe(1)
    expect(broken.stdout).toMatch(/ order_book +\d+ +0 +\d+ +0 +unknown$/m)
    expect(broken.stdout).toContain(` order_book: topic ${orderBook} is missing: run \`tickhouse topics apply\``)
    expect(broken.stdout).toMatch(/ trade: table trade cannot be read: .*`tickhouse doctor` says what mends it/)
    expect(broken.stdout).toMatch(/ best_quote +(\d+) +\1 +\1 +0 +complete$/m)
    expect(broken.stdout).toMatch(/^incomplete: /m)

    const date = new Date(Date.now() + koreanHours * 3_600_000).toISOString().slice(0, 10)
    const certified = await verify('--date', date, '--window', '00:00-00:01', '--output', '-', '--data', temporaryFolder())
    const certificate = JSON.parse(certified.stdout) as {
      condition: string
      reasons: string[]
      datasets: { dataset: string; condition: string; reasons: string[] }[]
    }
    const of = (name: string) => certificate.datasets.find(({ dataset }) => dataset === name)!
    expect([certified.code, certificate.condition]).toEqual([1, 'degraded'])
    expect(of('order_book')).toMatchObject({
      condition: 'degraded',
      reasons: expect.arrayContaining([expect.stringContaining('is missing')]),
    })
    expect(of('trade')).toMatchObject({
      condition: 'degraded',
      reasons: expect.arrayContaining([expect.stringContaining('cannot be read')]),
    })
    expect(of('best_quote').reasons.filter(reason => !reason.includes('no_session'))).toEqual([])
  })

  it('more partitions than wanted are named, and a topic that is missing is made all the same', { timeout: 300_000 }, async () => {
    const { topics } = pipeline.bus()
    const definitions = entities.map(({ topic }) => (topic.name === bestQuote ? { ...topic, partitions: 9 } : topic))
    await topics.apply(await topics.plan(definitions))
    await kafka.deleteTopics({ topics: [goldPrice!] })
    const applied = await run('', ['topics', 'apply'])
    expect(applied).toMatchObject({ code: 1, stderr: expect.stringContaining(`${bestQuote}: partitions is 9, wanted 6.`) })
    expect(applied.stdout).toMatch(new RegExp(`^${goldPrice} +create `, 'm'))
    expect(await kafka.listTopics()).toContain(goldPrice)
    expect(await run('', ['topics', 'apply', '--lenient'])).toMatchObject({ code: 0, stderr: expect.stringContaining('wanted 6') })
    const plan = await run('', ['topics', 'plan'])
    expect(plan.code).toBe(0)
    expect(plan.stdout).toMatch(new RegExp(`^${bestQuote} +REFUSED +partitions +9 +6 +works as it is$`, 'm'))
    expect(plan.stdout).toContain('replicas: 23 topics have 1, of which 1 must have a record (min.insync.replicas)\n')
  })

  it('a start goes on with more partitions than wanted, and names them', { timeout: 300_000 }, async () => {
    const data = temporaryFolder()
    const { code, stdout, stderr } = await run('', ['start', '--data', data, '--for', '3s', '--rate', '50'])
    expect(stderr).toContain('Warning: Some topics could not be brought in line; everything else is done:')
    expect(stderr).toContain(`${bestQuote}: partitions is 9, wanted 6.`)
    expect(stdout).toMatch(/^complete: \d+ records of 1 session/m)
    expect(code).toBe(0)
  })
})
