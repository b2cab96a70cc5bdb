import { setTimeout as sleep } from 'node:timers/promises'
import { metricOf, Pipeline } from '../tests/pipeline.ts'
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
    const collector = await without(quest, pipeline, 'sink', 'QuestDB')
    const sink = await without(kafka, pipeline, 'collector', 'Kafka')
    return [...collector, ...sink]
  } finally {
    await pipeline.close()
    await close()
  }
}

async function without(
  server: { start(): Promise<void>; stop(): Promise<void> },
  pipeline: Pipeline,
  name: 'collector' | 'sink',
  away: string,
): Promise<BenchRow[]> {
  const { pid } = pipeline.running[name]!
  const before = memoryMb(pid)
  await server.stop()
  const received = await framesReceived(pipeline)
  const samples: number[] = []
  for (const end = Date.now() + AWAY_MS; Date.now() < end; await sleep(SAMPLE_MS)) samples.push(memoryMb(pid))
  const rate = Math.round((((await framesReceived(pipeline)) - received) / AWAY_MS) * 1000)
  await server.start()
  const third = Math.floor(samples.length / 3)
  const thirds = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(2 * third)]
  const figures = thirds.map(part => `${median(part).toFixed(0)} (at most ${Math.max(...part).toFixed(0)})`)
  const what = `${name} without ${away} for ten minutes at ${rate} frames/s: memory in MB before; median of each third`
  return [{ what, figure: `${before.toFixed(0)}; ${figures.join(', ')}` }]
}

function framesReceived({ running }: Pipeline): Promise<number> {
  return metricOf(running.collector!, 'tickhouse_collector_frames_received_total', { kind: 'real' })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
