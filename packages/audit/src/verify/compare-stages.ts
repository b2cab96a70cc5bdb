import { always } from '@tickhouse/calendar'
import { delay, untold } from '@tickhouse/runtime'
import { journalSessions } from '../journal/sessions.ts'
import { type Asking, gather } from './gather.ts'
import { journalCounts, type SessionCounts } from './journal-counts.ts'
import { type DatasetFinding, judge, unjudged } from './judge.ts'
import type { GapRow } from './topic-counts.ts'

/** What is compared, and how long to wait for records that are still on their way. */
export interface CompareOptions extends Asking {
  /** One for each collector. */
  readonly journalDirectories: readonly string[]
  /** Only this session; all of the journals' when left out. */
  readonly session?: string | undefined
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** A finding, and whose session it is; null where it is of none. */
export interface FindingOfCollector extends DatasetFinding {
  readonly collector: string | null
}

/** The verdict on all sessions, one finding per (session, dataset). */
export interface VerifyReport {
  readonly verdict: 'complete' | 'incomplete'
  readonly sessions: number
  readonly records: number
  readonly dead_letters: number
  readonly findings: readonly FindingOfCollector[]
  readonly gaps: readonly GapRow[]
}

/** Compares journal, topics and tables; asks again until they agree or the waiting time is over. */
export async function compareStages(options: CompareOptions): Promise<VerifyReport> {
  const { journalDirectories, tell = untold } = options
  const sessions: SessionCounts[] = []
  for (const directory of journalDirectories) sessions.push(...(await sessionsOf(directory, options)))
  const deadline = performance.now() + options.waitMs
  for (;;) {
    const report = await compare(sessions, options)
    if (report.verdict === 'complete' || performance.now() >= deadline) return report
    tell(() => 'Waiting for what is on its way')
    await delay(1000, options.signal)
  }
}

async function sessionsOf(directory: string, { session, ...doing }: CompareOptions): Promise<SessionCounts[]> {
  const stored = (await journalSessions(directory)).filter(({ header }) => !session || header.session === session)
  return journalCounts(directory, always, stored, doing)
}

async function compare(sessions: readonly SessionCounts[], options: CompareOptions): Promise<VerifyReport> {
  if (sessions.length === 0) return { verdict: 'complete', sessions: 0, records: 0, dead_letters: 0, findings: [], gaps: [] }
  const fromUs = Math.min(...sessions.map(({ openedAtUs }) => openedAtUs))
  const { topics, stages, unreadable } = await gather(options, sessions, { ...always, fromUs })
  const judged = new Set(stages.map(({ dataset }) => dataset))
  const unknown = [...unreadable].filter(([dataset]) => !judged.has(dataset)).map(([dataset, reasons]) => unjudged(dataset, reasons))
  const collectors = new Map(sessions.map(({ session, collector }) => [session, collector]))
  const findings = [...stages.map(judge), ...unknown].map(finding => ({ collector: collectors.get(finding.session) ?? null, ...finding }))
  return {
    verdict: findings.every(({ verdict }) => verdict === 'complete') ? 'complete' : 'incomplete',
    sessions: sessions.length,
    records: findings.reduce((sum, { journal }) => sum + journal, 0),
    dead_letters: topics.deadLetters,
    findings,
    gaps: topics.gaps,
  }
}
