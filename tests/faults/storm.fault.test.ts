import { delay } from '@tickhouse/runtime'
import { conserved, describeFaults, type FaultCase, fault, flow } from './faults.ts'

const gentle = 200
const minutes = Number(process.env['FAULT_MINUTES'] ?? 0.5)

/** A fault that lasts for a while: what begins it gives what ends it. Two of the same place never meet. */
interface Trouble {
  readonly place: string
  readonly begin: (given: FaultCase) => Promise<() => unknown>
}

const troubles: Readonly<Record<string, Trouble>> = {
  'collector killed': { place: 'collector', begin: ({ pipeline }) => killed(pipeline, 'collector') },
  'collector frozen': { place: 'collector', begin: async ({ pipeline }) => frozen(pipeline.running.collector!) },
  'sink killed': { place: 'sink', begin: ({ pipeline }) => killed(pipeline, 'sink') },
  'sink frozen': { place: 'sink', begin: async ({ pipeline }) => frozen(pipeline.running.sink!) },
  'second sink': { place: 'sink', begin: ({ pipeline }) => secondSink(pipeline) },
  'Kafka killed': { place: 'kafka', begin: ({ servers: { kafka } }) => serverKilled(kafka) },
  'Kafka cut off': { place: 'kafka', begin: ({ servers: { kafkaProxy } }) => kafkaProxy.cut().then(() => () => kafkaProxy.restore()) },
  'Kafka silent': { place: 'kafka', begin: async ({ servers: { kafkaProxy } }) => stalled(kafkaProxy) },
  'Kafka slow': { place: 'kafka', begin: async ({ servers: { kafkaProxy }, random }) => slow(kafkaProxy, random.between(50, 500)) },
  'QuestDB killed': { place: 'questdb', begin: ({ servers: { questdb } }) => serverKilled(questdb) },
  'QuestDB cut off': {
    place: 'questdb',
    begin: ({ servers: { questdbProxy } }) => questdbProxy.cut().then(() => () => questdbProxy.restore()),
  },
  'QuestDB silent': { place: 'questdb', begin: async ({ servers: { questdbProxy } }) => stalled(questdbProxy) },
  'answers lost': { place: 'answers', begin: async ({ servers }) => answersLost(servers) },
  'venue cut off': { place: 'venue', begin: ({ pipeline }) => pipeline.inject({ fault: 'cut' }).then(() => nothing) },
  'venue silent': { place: 'venue', begin: ({ pipeline }) => pipeline.inject({ fault: 'stall', forMs: 6_000 }).then(() => nothing) },
  'venue kicks': {
    place: 'venue',
    begin: ({ pipeline, random }) => pipeline.inject({ fault: 'kick', code: random.of(['R10001', 'R10002']) }).then(() => nothing),
  },
  'tokens expired': {
    place: 'venue',
    begin: async ({ pipeline }) => {
      await pipeline.inject({ fault: 'expire-tokens' })
      await pipeline.inject({ fault: 'cut' })
      return nothing
    },
  },
  'registration refused': {
    place: 'venue',
    begin: async ({ pipeline, random }) => {
      await pipeline.inject({ fault: 'refuse', what: 'registration', code: random.of([105110, 105115]), times: 1 })
      await pipeline.inject({ fault: 'cut' })
      return nothing
    },
  },
  'venue hangs up': { place: 'venue', begin: ({ pipeline }) => pipeline.inject({ fault: 'hang-up', times: 2 }).then(() => nothing) },
  'venue leaves out': { place: 'venue', begin: ({ pipeline }) => pipeline.inject({ fault: 'lose', frames: 50 }).then(() => nothing) },
  'venue bursts': { place: 'venue', begin: ({ pipeline }) => pipeline.inject({ fault: 'burst', frames: 3_000 }).then(() => nothing) },
  'item refused': {
    place: 'venue',
    begin: async ({ pipeline }) => {
      await pipeline.inject({ fault: 'refuse-items', items: ['005930'], code: 105111 })
      await pipeline.inject({ fault: 'cut' })
      return () => pipeline.inject({ fault: 'refuse-items', items: [], code: 0 })
    },
  },
  'venue gives notice': {
    place: 'venue',
    begin: ({ pipeline }) => pipeline.inject({ fault: 'say', text: '{"trnm":"SYSTEM","code":"0","message":"notice"}' }).then(() => nothing),
  },
  garbage: {
    place: 'venue',
    begin: ({ pipeline }) => pipeline.inject({ fault: 'send', text: '{"trnm":"REAL","data":[' }).then(() => nothing),
  },
}

const gaps = ['crashed', 'stopped', 'disconnected', 'silent', 'session_taken', 'heartbeat_missed', 'registration_refused', 'volume_missing']

describeFaults('everything at once', () => {
  fault(
    `random faults for ${minutes} minutes`,
    async given => {
      const { pipeline, random } = given
      const settings = { collector: { KIWOOM_SILENCE: '4s' }, simulator: { SIMULATOR_PING_SECONDS: '1' } }
      await pipeline.run({ rate: gentle, seed: random.seed, ...settings })
      await flow(pipeline, 100)
      await storm(given, performance.now() + minutes * 60_000)
      await conserved(pipeline, { gaps, deadLetters: 'some', repeats: true })
    },
    { always: true, timeoutMs: 300_000 + minutes * 60_000 },
  )
})

/** Begins and ends troubles at random, at most one at each place, until the time is over; then everything is well again. */
async function storm(given: FaultCase, untilMs: number): Promise<void> {
  const { random } = given
  const open = new Map<string, () => unknown>()
  while (performance.now() < untilMs) {
    await delay(random.between(200, 4_000))
    const name = random.of(Object.keys(troubles))
    const { place, begin } = troubles[name]!
    console.log(`${open.has(place) ? 'over' : 'begins'}: ${open.has(place) ? place : name}`)
    if (open.has(place)) await end(open, place)
    else open.set(place, await begin(given))
  }
  for (const place of [...open.keys()]) await end(open, place)
}

async function end(open: Map<string, () => unknown>, place: string): Promise<void> {
  await open.get(place)!()
  open.delete(place)
}

function nothing(): void {}

async function killed(pipeline: FaultCase['pipeline'], name: 'collector' | 'sink') {
  await pipeline.kill(name)
  return () => pipeline.start(name)
}

function frozen(service: { kill(signal: NodeJS.Signals): void }) {
  service.kill('SIGSTOP')
  return () => service.kill('SIGCONT')
}

/** Another sink joins; at the end one of both goes. */
async function secondSink(pipeline: FaultCase['pipeline']) {
  const first = pipeline.running.sink!
  await pipeline.start('sink')
  return () => first.stop()
}

async function serverKilled(server: FaultCase['servers']['kafka'] | FaultCase['servers']['questdb']) {
  await server.kill('SIGKILL')
  return () => server.start()
}

function stalled(proxy: FaultCase['servers']['kafkaProxy']) {
  proxy.stall()
  return () => proxy.restore()
}

function slow(proxy: FaultCase['servers']['kafkaProxy'], delayMs: number) {
  proxy.impair({ delayMs })
  return () => proxy.restore()
}

/** The next requests are carried out, and nobody hears of it. */
function answersLost({ kafkaProxy, questdbProxy }: FaultCase['servers']) {
  void kafkaProxy.cutAfterRequest()
  void questdbProxy.cutAfterRequest(bytes => bytes.includes('POST /write'))
  return nothing
}
