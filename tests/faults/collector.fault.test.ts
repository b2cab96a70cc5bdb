import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { mountDisk, noSmallDisk, unmountDisk } from '../disks.ts'
import { metricOf, type Pipeline, problemsOf, statusOf } from '../pipeline.ts'
import { topicProblems } from '../topics.ts'
import { busy, conserved, describeFaults, fault, flow, gentle, unexplained, untilPublished } from './faults.ts'

const patient = { timeoutMs: 90_000 }
const mebibyte = 1 << 20

describeFaults('the collector', () => {
  fault(
    'SIGKILL at random moments, many times',
    async ({ pipeline, random }) => {
      await pipeline.run({ rate: busy, seed: random.seed })
      for (let kills = random.between(4, 8); kills > 0; kills--) {
        await flow(pipeline, random.between(1, 500))
        await pipeline.kill('collector')
        await pipeline.start('collector')
      }
      await conserved(pipeline, { gaps: ['crashed'] })
    },
    { always: true },
  )

  fault(
    'publishes a backlog of 200,000 frames while the venue goes on: every PING is echoed in time',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: busy, seed: random.seed, simulator: { SIMULATOR_PING_SECONDS: '1' } })
      await flow(pipeline, 100)
      await servers.kafkaProxy.cut()
      const collector = pipeline.running.collector!
      const lag = async () => (await statusOf<{ journal: { lagRecords: number } }>(collector)).journal.lagRecords
      for (let frames = 10_000; frames <= 200_000; frames += 10_000) {
        await pipeline.inject({ fault: 'burst', frames: 10_000 })
        await eventually(async () => expect(await lag()).toBeGreaterThan(frames), patient)
      }
      await servers.kafkaProxy.restore()
      await eventually(async () => expect(await lag()).toBeLessThan(10_000), patient)
      await conserved(pipeline)
    },
  )

  fault('finds the end of its journal torn', async ({ pipeline, servers, random }) => {
    await journalAhead({ pipeline, servers, random })
    const torn = random.between(1, 20_000)
    changeTail(pipeline, (path, size) => truncateSync(path, size - torn))
    await servers.kafkaProxy.restore()
    await pipeline.start('collector')
    await conserved(pipeline, { gaps: ['crashed'] })
  })

  fault(
    'loses the end of its journal to a power loss when it was published already: topic and table keep it',
    async ({ pipeline, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      await flow(pipeline, random.between(50, 500))
      await pipeline.kill('collector')
      const torn = random.between(1, 20_000)
      changeTail(pipeline, (path, size) => truncateSync(path, size - torn))
      await pipeline.start('collector')
      await flow(pipeline, 50)
      await untilPublished(pipeline)
      await pipeline.running.collector!.stop()
      const report = await pipeline.verify(120_000)
      expect(report.findings.filter(({ verdict }) => verdict === 'incomplete')).toEqual([])
      expect(unexplained(report.gaps, pipeline).map(({ reason }) => reason)).toEqual(['crashed'])
      expect(await topicProblems(pipeline.bus(), new Set(report.findings.map(({ session }) => session)))).toEqual([])
    },
  )

  fault('finds the end of its journal corrupted', async ({ pipeline, servers, random }) => {
    await journalAhead({ pipeline, servers, random })
    changeTail(pipeline, (path, size) => {
      const bytes = readFileSync(path)
      for (let flips = random.between(1, 20); flips > 0; flips--) bytes[random.between(size - 50_000, size - 1)]! ^= random.between(1, 255)
      writeFileSync(path, bytes)
    })
    await servers.kafkaProxy.restore()
    await pipeline.start('collector')
    await conserved(pipeline, { gaps: ['crashed', 'journal_damaged', 'volume_missing'] })
  })

  fault(
    'runs out of disk: the feed is still read, what is lost is counted and becomes a gap, and it goes on when there is space',
    async ({ pipeline, random }) => {
      const free = smallDisk(pipeline.journal, 40)
      try {
        await pipeline.run({ rate: busy, seed: random.seed, collector: { JOURNAL_SEGMENT_MB: '1', JOURNAL_PENDING_MB: '2' } })
        const collector = pipeline.running.collector!
        await eventually(async () => expect(await problemsOf(collector)).toContainEqual(expect.stringContaining('ENOSPC')), patient)
        await eventually(async () => expect(await lostEntries(pipeline)).toBeGreaterThan(500), patient)
        const received = await framesReceived(pipeline)
        await eventually(async () => expect(await framesReceived(pipeline)).toBeGreaterThan(received + 500), patient)
        free.ballast()
        await eventually(async () => expect(await problemsOf(collector)).toEqual([]), patient)
        const { report, sent } = await conserved(pipeline, { gaps: ['journal_full', 'volume_missing'] })
        const frames = sent.lost.reduce((sum, stretch) => sum + stretch.frames, 0)
        const [gap] = await pipeline.store.query<{ missing: number }>(
          `SELECT sum(missing) AS missing FROM feed_gap WHERE reason = 'journal_full'`,
        )
        // A disk at its edge may take something in between: then there are several.
        expect(report.gaps.filter(({ reason }) => reason === 'journal_full').length).toBeGreaterThan(0)
        expect(gap!.missing).toBeGreaterThanOrEqual(frames)
      } finally {
        await pipeline.running.collector?.stop()
        free.unmount()
      }
    },
    { skipped: noSmallDisk() },
  )
})

/** Runs until the journal holds what Kafka does not, and kills the collector. */
async function journalAhead({ pipeline, servers, random }: Parameters<Parameters<typeof fault>[1]>[0]): Promise<void> {
  await pipeline.run({ rate: gentle, seed: random.seed })
  await flow(pipeline, random.between(50, 500))
  await servers.kafkaProxy.cut()
  const lag = async () => (await statusOf<{ journal: { lagBytes: number } }>(pipeline.running.collector!)).journal.lagBytes
  await eventually(async () => expect(await lag()).toBeGreaterThan(200_000), patient)
  await pipeline.kill('collector')
}

/** Changes the newest segment file of the journal. */
function changeTail({ journal }: Pipeline, change: (path: string, size: number) => void): void {
  const newest = readdirSync(journal)
    .filter(name => name.endsWith('.journal'))
    .sort()
    .at(-1)!
  const path = join(journal, newest)
  change(path, readFileSync(path).length)
}

function framesReceived({ running }: Pipeline): Promise<number> {
  return metricOf(running.collector!, 'tickhouse_collector_frames_received_total', { kind: 'real' })
}

function lostEntries({ running }: Pipeline): Promise<number> {
  return metricOf(running.collector!, 'tickhouse_collector_discarded_total', { reason: 'journal_full', intentional: 'false' })
}

/** A disk that is nearly full; without its ballast there is room again. */
function smallDisk(directory: string, mebibytes: number) {
  mkdirSync(directory)
  mountDisk(directory, mebibytes)
  const path = join(directory, 'ballast')
  writeFileSync(path, Buffer.alloc((mebibytes - 4) * mebibyte))
  return { ballast: () => rmSync(path), unmount: () => unmountDisk(directory) }
}
