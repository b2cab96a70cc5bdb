import { entities } from '@tickhouse/catalogue'
import type { Fault } from '@tickhouse/simulator'
import { scaledTimeout } from '@tickhouse/testkit'
import type { FaultCase } from './faults.ts'
import { codecs, forgetCommits, setCompression } from './kafka-admin.ts'
import { shiftedClock } from './shifted-clock.ts'

/** What ends a trouble that has begun. */
type End = () => unknown

/** A fault that lasts for a while, for the storm to pick. */
export interface Trouble {
  readonly name: string
  /** Two of the same place never meet. */
  readonly place: string
  /** Another place where all must be well when it begins. */
  readonly needs?: string
  /** How many tickets it has in the draw. */
  readonly weight: number
  /** Reasons of gaps that it may cause. */
  readonly gaps: readonly string[]
  /** Begins it; gives what ends it. */
  readonly act: (given: FaultCase) => Promise<End>
}

const nothing = () => {}
const cutOff = ['disconnected']

/** Everything that the storm picks from: a new fault is one more entry. */
export const troubles: readonly Trouble[] = [
  {
    name: 'collector killed',
    place: 'collector',
    weight: 1,
    gaps: ['crashed', 'stopped'],
    act: ({ pipeline }) => killed(pipeline, 'collector'),
  },
  {
    name: 'collector frozen',
    place: 'collector',
    weight: 1,
    gaps: ['silent', 'heartbeat_missed'],
    act: ({ pipeline }) => frozen(pipeline, 'collector'),
  },
  {
    name: 'clock of the collector set wrong',
    place: 'clock',
    weight: 1,
    gaps: ['clock_wrong'],
    act: ({ pipeline, random }) => clockSet(pipeline, random.between(-7_200_000, 7_200_000)),
  },
  {
    name: 'item refused',
    place: 'venue',
    weight: 1,
    gaps: ['registration_refused', 'disconnected'],
    act: async ({ pipeline }) => {
      await pipeline.inject({ fault: 'refuse-items', items: ['005930'], code: 105111 })
      await pipeline.inject({ fault: 'cut' })
      return () => pipeline.inject({ fault: 'refuse-items', items: [], code: 0 })
    },
  },
  ofVenue('venue gives notice', [], () => [{ fault: 'say', text: '{"trnm":"SYSTEM","code":"0","message":"notice"}' }]),
  { name: 'sink killed', place: 'sink', weight: 1, gaps: [], act: ({ pipeline }) => killed(pipeline, 'sink') },
  { name: 'sink frozen', place: 'sink', weight: 1, gaps: [], act: ({ pipeline }) => frozen(pipeline, 'sink') },
  { name: 'second sink', place: 'sink', weight: 1, gaps: [], act: ({ pipeline }) => secondSink(pipeline) },
  {
    name: 'commits forgotten',
    place: 'sink',
    needs: 'kafka',
    weight: 1,
    gaps: [],
    act: ({ pipeline, servers }) => commitsForgotten(pipeline, servers.kafka.brokers),
  },
  { name: 'Kafka killed', place: 'kafka', weight: 1, gaps: [], act: ({ servers }) => serverKilled(servers.kafka) },
  { name: 'Kafka cut off', place: 'kafka', weight: 1, gaps: [], act: ({ servers }) => unreachable(servers.kafkaProxy) },
  { name: 'Kafka silent', place: 'kafka', weight: 1, gaps: [], act: ({ servers }) => stalled(servers.kafkaProxy) },
  {
    name: 'Kafka slow',
    place: 'kafka',
    weight: 1,
    gaps: [],
    act: ({ servers, random }) => slow(servers.kafkaProxy, random.between(50, 500)),
  },
  {
    name: 'topics compressed',
    place: 'kafka',
    weight: 1,
    gaps: [],
    act: ({ servers, random }) => compressed(servers.kafka.brokers, random.between(0, codecs.length - 1)),
  },
  { name: 'QuestDB killed', place: 'questdb', weight: 1, gaps: [], act: ({ servers }) => serverKilled(servers.questdb) },
  { name: 'QuestDB cut off', place: 'questdb', weight: 1, gaps: [], act: ({ servers }) => unreachable(servers.questdbProxy) },
  { name: 'QuestDB silent', place: 'questdb', weight: 1, gaps: [], act: ({ servers }) => stalled(servers.questdbProxy) },
  { name: 'answers lost', place: 'answers', weight: 1, gaps: [], act: ({ servers }) => answersLost(servers) },
  ofVenue('venue cut off', cutOff, () => [{ fault: 'cut' }]),
  ofVenue('venue silent', ['silent'], () => [{ fault: 'stall', forMs: scaledTimeout(6_000) }]),
  ofVenue('venue kicks', ['session_taken', 'heartbeat_missed'], ({ random }) => [{ fault: 'kick', code: random.of(['R10001', 'R10002']) }]),
  ofVenue('tokens expired', cutOff, () => [{ fault: 'expire-tokens' }, { fault: 'cut' }]),
  ofVenue('registration refused', ['registration_refused', ...cutOff], ({ random }) => [
    { fault: 'refuse', what: 'registration', code: random.of([105110, 105115]), times: 1 },
    { fault: 'cut' },
  ]),
  ofVenue('venue hangs up', cutOff, () => [{ fault: 'hang-up', times: 2 }]),
  ofVenue('venue leaves out', ['volume_missing'], () => [{ fault: 'lose', frames: 50 }]),
  ofVenue('venue bursts', [], () => [{ fault: 'burst', frames: 3_000 }]),
  ofVenue('garbage', [], () => [{ fault: 'send', text: '{"trnm":"REAL","data":[' }]),
]

/** What the venue does is over when it is done. */
function ofVenue(name: string, gaps: readonly string[], faults: (given: FaultCase) => Fault[]): Trouble {
  const act = async (given: FaultCase) => {
    for (const fault of faults(given)) await given.pipeline.inject(fault)
    return nothing
  }
  return { name, place: 'venue', weight: 1, gaps, act }
}

async function killed(pipeline: FaultCase['pipeline'], name: 'collector' | 'sink'): Promise<End> {
  await pipeline.kill(name)
  return () => pipeline.start(name)
}

async function clockSet(pipeline: FaultCase['pipeline'], aheadMs: number): Promise<End> {
  const clock = shiftedClock(pipeline)
  clock.set(aheadMs)
  return () => clock.set(0)
}

async function frozen({ running }: FaultCase['pipeline'], name: 'collector' | 'sink'): Promise<End> {
  const service = running[name]!
  service.kill('SIGSTOP')
  return () => service.kill('SIGCONT')
}

/** Another sink joins; at the end one of both goes. */
async function secondSink(pipeline: FaultCase['pipeline']): Promise<End> {
  const first = pipeline.running.sink!
  await pipeline.start('sink')
  return () => first.stop()
}

/** No sink runs until it is over: everything that Kafka has is then read again. */
async function commitsForgotten(pipeline: FaultCase['pipeline'], brokers: string): Promise<End> {
  await pipeline.running.sink!.stop()
  await forgetCommits(brokers, pipeline.group)
  return () => pipeline.start('sink')
}

/** Each topic gets the codec that follows the one before it, from a drawn one on. */
async function compressed(brokers: string, first: number): Promise<End> {
  await setCompression(brokers, entities, index => codecs[(first + index) % codecs.length])
  return () => setCompression(brokers, entities, () => undefined)
}

async function serverKilled(server: FaultCase['servers']['kafka'] | FaultCase['servers']['questdb']): Promise<End> {
  await server.kill('SIGKILL')
  return () => server.start()
}

async function unreachable(proxy: FaultCase['servers']['kafkaProxy']): Promise<End> {
  await proxy.cut()
  return () => proxy.restore()
}

async function stalled(proxy: FaultCase['servers']['kafkaProxy']): Promise<End> {
  proxy.stall()
  return () => proxy.restore()
}

async function slow(proxy: FaultCase['servers']['kafkaProxy'], delayMs: number): Promise<End> {
  proxy.impair({ delayMs })
  return () => proxy.restore()
}

/** The next requests are carried out, and nobody hears of it. */
async function answersLost({ kafkaProxy, questdbProxy }: FaultCase['servers']): Promise<End> {
  void kafkaProxy.cutAfterRequest()
  void questdbProxy.cutAfterRequest(bytes => bytes.includes('POST /write'))
  return nothing
}
