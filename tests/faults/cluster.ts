import { delay, messageOf } from '@tickhouse/runtime'
import { type ClusterServers, clusterServers, describeWithLocalServers, localServers, shortOfMemory } from '@tickhouse/testkit'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Pipeline, problemsOf, type Service } from '../pipeline.ts'
import { chosenSeed, type Random, randomOf } from '../random.ts'
import { tradeCount } from '../tables.ts'

/** What a case works with: a pipeline of its own on three brokers. */
export interface ClusterCase {
  readonly pipeline: Pipeline
  readonly nodes: ClusterServers['kafka']['nodes']
  readonly random: Random
}

/** How much longer than the product promises a wait may take on a machine that is busy with other cases. */
export const timeoutFactor = Number(process.env['FAULT_PATIENCE'] ?? 2)

let servers: ClusterServers

/** Cases on three brokers, that are all there again after each. Skipped, with the reason, where memory is short. */
export function describeCluster(title: string, cases: () => void): void {
  if (process.env['FAULTS'] !== 'all') return
  const reason = shortOfMemory()
  if (reason !== undefined) console.warn(`faults: ${title}: SKIPPED, because ${reason}`)
  describeWithLocalServers(reason === undefined ? `faults: ${title}` : `faults: ${title} (skipped, because ${reason})`, () => {
    if (reason !== undefined) return it.skip('all cases')
    beforeAll(async () => {
      servers = await clusterServers(localServers())
    })
    afterEach(async () => {
      await Promise.all(servers.kafka.nodes.filter(({ pid }) => pid === undefined).map(node => node.start()))
    })
    afterAll(() => servers?.close())
    cases()
  })
}

/** One fault of the cluster and what must hold afterwards; prints its seed, and FAULT_SEED repeats it. */
export function clusterFault(title: string, run: (given: ClusterCase) => Promise<void>): void {
  it(title, { timeout: 900_000 }, async () => {
    const random = randomOf(chosenSeed())
    console.log(`${title}: seed ${random.seed} (FAULT_SEED=${random.seed} repeats it)`)
    const { kafka, questdb } = servers
    const pipeline = await Pipeline.open({ brokers: kafka.brokers, questdb: questdb.configurationString }, 'sinks')
    try {
      await run({ pipeline, nodes: kafka.nodes, random })
    } catch (error) {
      const words = ['collector', 'sink'].flatMap(name =>
        pipeline.words
          .split('\n')
          .filter(line => line.includes(`"name":"${name}"`))
          .slice(-40),
      )
      const states = await pipeline.states()
      console.error(
        [`${title}: seed ${random.seed}: ${messageOf(error)}`, ...[...words, ...states].map(line => line.slice(0, 2_000))].join('\n'),
      )
      throw error
    } finally {
      await pipeline.close()
    }
  })
}

/** What was seen of the sink while something happened to the cluster, ms. */
export interface Observed {
  /** The longest time in which no row came. */
  readonly longestStandstillMs: number
  /** The longest time in which no row came and /ready said that all was well. */
  readonly longestSilenceMs: number
}

const lookEveryMs = 200

/** Looks at the rows and at /ready of the sink while `happens`, and for `afterMs` more. */
export async function observed({ store }: Pipeline, sink: Service, happens: Promise<unknown>, afterMs: number): Promise<Observed> {
  let until = Number.POSITIVE_INFINITY
  const happened = happens.finally(() => {
    until = performance.now() + afterMs
  })
  let [count, cameAt, toldAt] = [await tradeCount(store), performance.now(), performance.now()]
  let [longestStandstillMs, longestSilenceMs] = [0, 0]
  while (performance.now() < until) {
    await delay(lookEveryMs)
    const [now, problems] = await Promise.all([tradeCount(store), problemsOf(sink)])
    const atMs = performance.now()
    longestStandstillMs = Math.max(longestStandstillMs, atMs - cameAt)
    longestSilenceMs = Math.max(longestSilenceMs, atMs - Math.max(cameAt, toldAt))
    if (now > count) [count, cameAt] = [now, atMs]
    if (problems.length > 0) toldAt = atMs
  }
  await happened
  return { longestStandstillMs, longestSilenceMs }
}

/** Nothing stands still for longer than 15 s, and no standstill of 10 s goes untold. */
export function expectPrompt(what: string, { longestStandstillMs, longestSilenceMs }: Observed): void {
  console.log(`${what}: no row for ${Math.round(longestStandstillMs)} ms, untold for ${Math.round(longestSilenceMs)} ms`)
  expect(longestSilenceMs, `${what}: ms without a row and without a word`).toBeLessThan(10_000 * timeoutFactor)
  expect(longestStandstillMs, `${what}: ms without a row`).toBeLessThan(15_000 * timeoutFactor)
}
