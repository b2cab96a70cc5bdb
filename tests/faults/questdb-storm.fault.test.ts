import type { VerifyReport } from '@tickhouse/audit'
import { delay } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { type Pipeline, statusOf } from '../pipeline.ts'
import { disorder } from '../tables.ts'
import { keepEvidence, keepLog } from './evidence.ts'
import { describeFaults, type FaultCase, fault, flow, gentle, minutes, untilPublished } from './faults.ts'

/** What the storm has seen so far. */
interface Tally {
  kills: number
  sessions: number
  records: number
  findings: number
}

describeFaults('QuestDB at random', () => {
  fault(
    `SIGKILL again and again for ${minutes} minutes, verified after each time`,
    async given => {
      const tally: Tally = { kills: 0, sessions: 0, records: 0, findings: 0 }
      try {
        await storm(given, tally, performance.now() + minutes * 60_000)
      } finally {
        const { kills, sessions, records, findings } = tally
        console.log(
          `QuestDB storm, seed ${given.random.seed}: ${kills} kills, ${records} records of ${sessions} sessions verified, ${findings} findings`,
        )
      }
    },
    { timeoutMs: 1_800_000 + minutes * 60_000 },
  )
})

/** Kills, verifies the session that is open, and now and then begins another one, so that verifying takes no longer as the day grows. */
async function storm(given: FaultCase, tally: Tally, untilMs: number): Promise<void> {
  const { pipeline, random } = given
  await pipeline.run({ rate: gentle, seed: random.seed })
  await flow(pipeline, 100)
  while (performance.now() < untilMs) {
    await kill(given, tally)
    await flow(pipeline, random.between(1, 200))
    const session = await sessionOf(pipeline)
    const records = await verified(given, tally, session)
    const isOver = random.between(1, 3) === 1
    console.log(`kill ${tally.kills}: ${records} records of session ${session} are complete and in order`)
    if (isOver) await closeAndVerify(given, tally, session)
  }
  await untilPublished(pipeline)
  const session = await sessionOf(pipeline)
  await pipeline.running.collector!.stop()
  await count(given, tally, session)
}

/** QuestDB dies once, or again while it applies what it finds at its start; sometimes in a burst, sometimes with a backlog behind it. */
async function kill(given: FaultCase, tally: Tally): Promise<void> {
  const { pipeline, servers, random } = given
  await delay(random.between(0, 12_000))
  if (random.between(1, 3) === 1) await pipeline.inject({ fault: 'burst', frames: random.between(1_000, 8_000) })
  for (let times = random.of([1, 1, 1, 2, 3]); times > 0; times--) {
    await delay(random.between(0, 2_500))
    await servers.questdb.kill('SIGKILL')
    tally.kills += 1
    keepLog(given, `kill-${tally.kills % 5}`)
    await delay(random.between(0, 6_000))
    await servers.questdb.start()
  }
}

async function closeAndVerify(given: FaultCase, tally: Tally, session: string): Promise<void> {
  const { pipeline } = given
  await pipeline.inject({ fault: 'cut' })
  await eventually(async () => expect([session, undefined, null]).not.toContain(await sessionOf(pipeline)), { timeoutMs: 60_000 })
  await count(given, tally, session)
}

async function count(given: FaultCase, tally: Tally, session: string): Promise<void> {
  tally.records += await verified(given, tally, session)
  tally.sessions += 1
}

/** How many records of the session are in journal, topics and tables alike; the first finding ends the storm, and all evidence is kept. */
async function verified(given: FaultCase, tally: Tally, session: string): Promise<number> {
  const { pipeline } = given
  const { findings, records, dead_letters } = await untilNothingComes(pipeline, session)
  const incomplete = findings.filter(({ verdict }) => verdict !== 'complete')
  const problems = incomplete.map(({ dataset, problems }) => `${session}/${dataset}: ${problems.join('; ')}`)
  if (dead_letters > 0) problems.push(`${dead_letters} dead letters`)
  problems.push(...(await disorder(pipeline.store, [session])))
  if (problems.length === 0) return records
  tally.findings += problems.length
  const kept = await keepEvidence(given, [session], problems.join('\n'))
  throw new Error(`After ${tally.kills} kills of QuestDB:\n${problems.join('\n')}\nKept: ${kept}`)
}

/**
 * Verifies until all is complete, or something is wrong that no waiting mends, or nothing has come for two minutes: a slow machine may take its time. A row
 * that is missing before others, or a table that cannot be read, is wrong as well when that stays so while the session goes on.
 */
async function untilNothingComes(pipeline: Pipeline, session: string): Promise<VerifyReport> {
  let holes = 0
  for (let before = -1; ; ) {
    const report = await pipeline.verify(120_000, session)
    const arrived = report.findings.reduce((sum, { topic, table }) => sum + topic + table, 0)
    const has = (words: RegExp) => report.findings.some(({ problems }) => problems.some(problem => words.test(problem)))
    const isUnread = report.findings.some(({ verdict }) => verdict === 'unknown')
    holes = isUnread || has(/its highest seq is/) ? holes + 1 : 0
    if (report.verdict === 'complete' || has(/twice|behind a row|more than/) || holes >= 3 || arrived === before) return report
    console.log(`${arrived} records and rows of session ${session} so far, waiting for the rest`)
    before = arrived
  }
}

async function sessionOf({ running }: Pipeline): Promise<string> {
  return (await statusOf<{ session: string }>(running.collector!)).session
}
