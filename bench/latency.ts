import { setTimeout as sleep } from 'node:timers/promises'
import { Pipeline } from '../tests/pipeline.ts'
import { cpuUs, peakMemoryMb } from './process-cost.ts'
import type { BenchRow } from './report.ts'
import { benchServers } from './servers.ts'

const WARM_UP_MS = 15_000
const MEASURED_MS = 60_000
const POLL_MS = 50

/** Capture to queryable: from the stamp at the socket until SQL shows the row, with simulator, Kafka, QuestDB, collector and sink on this machine. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const rate of [1000, 5000]) rows.push(...(await measure(rate)))
  return rows
}

async function measure(rate: number): Promise<BenchRow[]> {
  const servers = await benchServers()
  const pipeline = await Pipeline.open(servers)
  try {
    await pipeline.simulator({ SIMULATOR_RATE: String(rate), SIMULATOR_SEED: '1' })
    const collector = await pipeline.collector()
    const sink = await pipeline.sink()
    await sleep(WARM_UP_MS)
    const before = {
      collector: cpuUs(collector.pid),
      sink: cpuUs(sink.pid),
      ...(await counts(collector.announced.url, sink.announced.url)),
    }
    const latencies = await latenciesMs(pipeline)
    const after = {
      collector: cpuUs(collector.pid),
      sink: cpuUs(sink.pid),
      ...(await counts(collector.announced.url, sink.announced.url)),
    }
    const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)]!.toFixed(0)
    const received = after.received - before.received
    const stored = after.stored - before.stored
    return [
      {
        what: `${rate} frames/s for a minute: capture to queryable`,
        figure: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${latencies.length} trades, polled every ${POLL_MS} ms)`,
      },
      { what: `${rate} frames/s: records received, rows stored per second`, figure: `${perSecond(received)}, ${perSecond(stored)}` },
      {
        what: `${rate} frames/s: collector CPU per record, peak memory`,
        figure: `${((after.collector - before.collector) / received).toFixed(1)} µs, ${peakMemoryMb(collector.pid).toFixed(0)} MB`,
      },
      {
        what: `${rate} frames/s: sink CPU per row, peak memory`,
        figure: `${((after.sink - before.sink) / stored).toFixed(1)} µs, ${peakMemoryMb(sink.pid).toFixed(0)} MB`,
      },
    ]
  } finally {
    await pipeline.close()
    await servers.close()
  }
}

function perSecond(count: number): string {
  return `${Math.round(count / (MEASURED_MS / 1000))}/s`
}

/** Every trade's age when a query first shows it, sorted. The poll's own period counts against us. */
async function latenciesMs(pipeline: Pipeline): Promise<number[]> {
  const latencies: number[] = []
  let last = Date.now() * 1000
  for (const end = Date.now() + MEASURED_MS; Date.now() < end; await sleep(POLL_MS)) {
    const rows = await pipeline.store.query<{ timestamp: number }>(
      `SELECT timestamp FROM trade WHERE timestamp > '${new Date(last / 1000).toISOString()}' ORDER BY timestamp`,
    )
    const now = Date.now()
    for (const { timestamp } of rows) if (timestamp > last) latencies.push(now - timestamp / 1000)
    last = rows.at(-1)?.timestamp ?? last
  }
  return latencies.sort((a, b) => a - b)
}

async function counts(collector: string, sink: string): Promise<{ received: number; stored: number }> {
  const sum = async (url: string, member: string) => {
    const { datasets } = (await (await fetch(`${url}/status`)).json()) as { datasets: Record<string, Record<string, number>> }
    return Object.values(datasets).reduce((total, dataset) => total + (dataset[member] ?? 0), 0)
  }
  return { received: await sum(collector, 'received'), stored: await sum(sink, 'stored') }
}
