import { readJournal } from '@tickhouse/journal'
import { floodShapes, type Shape } from '@tickhouse/simulator'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { composeMemory, limitMemory, type MemoryLimit, peakBytes } from '../memory-limit.ts'
import { metricOf, type Pipeline } from '../pipeline.ts'
import { conserved, describeFaults, type FaultCase, fault, flow, gentle } from './faults.ts'

const patient = { timeoutMs: 400_000 }
/** The longest message that the collector takes. */
const maxBytes = 8 * 1024 * 1024
/** The longest frame that is read. */
const readBytes = 1024 * 1024

describeFaults('memory', () => {
  fault(
    'a venue floods the collector with huge frames, which stand in the journal at the next start as well',
    async ({ pipeline, random }) => {
      const limit = await runLimited({ pipeline, random })
      await flow(pipeline, 50)
      for (const shape of floodShapes) await pipeline.inject({ fault: 'flood', shape, bytes: maxBytes, frames: 2 })
      await pipeline.inject({ fault: 'flood', shape: 'nesting', bytes: maxBytes, frames: 24 })
      const frames = 2 * floodShapes.length + 24
      await untilDeadLetters(pipeline, frames)
      const firstPeak = peakOf(pipeline, limit)
      await pipeline.inject({ fault: 'flood', shape: 'objects', bytes: maxBytes, frames: 3 })
      await pipeline.kill('collector')
      await pipeline.start('collector')
      await flow(pipeline, 50)
      const secondPeak = peakOf(pipeline, limit)
      console.log(
        `Peaks: ${mebibytes(firstPeak)} and ${mebibytes(secondPeak)} of ${mebibytes(limit.bytes)}; the limit is kept by ${limit.keptBy}`,
      )
      const { report } = await conserved(pipeline, { gap: 'crashed', deadLetters: 'some' })
      expect(report.dead_letters).toBeGreaterThanOrEqual(frames)
      await eachNamesItsPlace(pipeline, report.dead_letters)
    },
    { timeoutMs: 900_000 },
  )

  fault('a venue floods the collector with the largest frames that are read', async ({ pipeline, random }) => {
    const limit = await runLimited({ pipeline, random })
    await flow(pipeline, 50)
    const unread: Shape[] = floodShapes.filter(shape => shape !== 'objects' && shape !== 'keys')
    for (const shape of unread) await pipeline.inject({ fault: 'flood', shape, bytes: readBytes, frames: 10 })
    await eventually(async () => expect(await received(pipeline)).toBeGreaterThan(unread.length * 10), patient)
    await flow(pipeline, 50)
    console.log(`Peak: ${mebibytes(peakOf(pipeline, limit))} of ${mebibytes(limit.bytes)}; the limit is kept by ${limit.keptBy}`)
    await conserved(pipeline, { deadLetters: 'some' })
  })
})

/** Runs the pipeline with as much memory for the collector as compose gives it. */
async function runLimited({ pipeline, random }: Pick<FaultCase, 'pipeline' | 'random'>): Promise<MemoryLimit> {
  const { bytes, nodeOptions } = composeMemory('collector')
  const limit = limitMemory(bytes)
  const collector = { NODE_OPTIONS: nodeOptions }
  await pipeline.run({ rate: gentle, seed: random.seed, collector, collectorExecPath: limit.execPath })
  return limit
}

/** The most memory that the running collector has had; more than the limit fails. */
function peakOf({ running }: Pipeline, { bytes }: MemoryLimit): number {
  const peak = peakBytes(running.collector!.pid)
  expect(peak, 'peak of the collector').toBeLessThan(bytes)
  return peak
}

async function untilDeadLetters({ running }: Pipeline, count: number): Promise<void> {
  const letters = () => metricOf(running.collector!, 'tickhouse_collector_dead_letters_total')
  await eventually(async () => expect(await letters()).toBe(count), patient)
}

async function received({ running }: Pipeline): Promise<number> {
  return await metricOf(running.collector!, 'tickhouse_collector_frames_received_total')
}

/** No letter holds more than the beginning of its frame, and each says where the whole of it is. */
async function eachNamesItsPlace({ store, journal }: Pipeline, count: number): Promise<void> {
  const rows = await store.query<{ reason: string; journal_segment: number; journal_offset: number; length: number }>(
    `SELECT reason, journal_segment, journal_offset, length(raw) AS length FROM dead_letter WHERE session IN (${(await sessionsIn(journal)).join(', ')})`,
  )
  expect(rows).toHaveLength(count)
  for (const { reason, length } of rows) {
    expect(reason).toBe('too_large')
    expect(length).toBeLessThanOrEqual(64 * 1024 + 1)
  }
  const named = rows.map(({ journal_segment, journal_offset }) => `${journal_segment}/${journal_offset}`)
  expect(named.sort()).toEqual((await placesOfLargeFrames(journal)).sort())
}

async function sessionsIn(journal: string): Promise<string[]> {
  const sessions = new Set<string>()
  for await (const { header } of readJournal(journal)) sessions.add(`'${header.session}'`)
  return [...sessions]
}

async function placesOfLargeFrames(journal: string): Promise<string[]> {
  const places: string[] = []
  for await (const { entries, start } of readJournal(journal))
    for (const { bytes, offset } of entries) if (bytes.length > readBytes) places.push(`${start.segment}/${offset}`)
  return places
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
