import { setTimeout as sleep } from 'node:timers/promises'
import { Pipeline } from '../tests/pipeline.ts'
import { memoryMb } from './process-cost.ts'
import type { BenchRow } from './report.ts'
import { ownBenchServers } from './servers.ts'

const RATE = 5_000
const WARM_UP_MS = 60_000
const AWAY_MS = 600_000
const SAMPLE_MS = 5_000

/** Memory while a server is away for ten minutes and the feed goes on: of the collector without Kafka, of the sink without QuestDB. */
export async function run(): Promise<BenchRow[]> {
  const { kafka, quest, close } = await ownBenchServers()
  const pipeline = await Pipeline.open({ brokers: kafka.brokers, questdb: quest.configurationString })
  try {
    await pipeline.run({ rate: RATE })
    await sleep(WARM_UP_MS)
    const collector = await without(quest, pipeline.running.sink!.pid, 'sink', 'QuestDB')
    const sink = await without(kafka, pipeline.running.collector!.pid, 'collector', 'Kafka')
    return [...collector, ...sink]
  } finally {
    await pipeline.close()
    await close()
  }
}

async function without(
  server: { start(): Promise<void>; stop(): Promise<void> },
  pid: number,
  name: string,
  away: string,
): Promise<BenchRow[]> {
  const before = memoryMb(pid)
  await server.stop()
  const samples: number[] = []
  for (const end = Date.now() + AWAY_MS; Date.now() < end; await sleep(SAMPLE_MS)) samples.push(memoryMb(pid))
  await server.start()
  const third = Math.floor(samples.length / 3)
  const thirds = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(2 * third)]
  const figures = thirds.map(part => `${median(part).toFixed(0)} (at most ${Math.max(...part).toFixed(0)})`)
  return [
    {
      what: `${name} without ${away} for ten minutes at ${RATE} frames/s: memory in MB before, and in each third`,
      figure: `${before.toFixed(0)}; ${figures.join(', ')}`,
    },
  ]
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
