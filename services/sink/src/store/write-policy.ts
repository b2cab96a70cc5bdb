/** What waits to be stored in one table. */
export interface WaitingTable {
  /** Of whose records the table is made. */
  readonly topic: string
  readonly rows: number
  readonly bytes: number
  /** How long the oldest of them has waited, ms. */
  readonly oldestMs: number
  /** How long ago the table was stored last, ms; Infinity before the first time. */
  readonly restedMs: number
  /** True while Kafka has many more records for it: then waiting for them costs no time. */
  readonly isBehind: boolean
}

/** What storing costs at the moment. */
export interface WriteLoad {
  /** How long a small commit takes, ms. */
  readonly commitMs: number
  /** Commits that may be made now … */
  readonly budget: number
  /** … and how many more a second. */
  readonly perSecond: number
  /** True when no more is read until something is stored. */
  readonly isFull: boolean
}

/** What a person may set. */
export interface WriteLimits {
  /** No row waits longer than this for rows that could be stored with it. */
  readonly maxAgeMs: number
  /** So much is worth a commit, whatever the budget says. */
  readonly fullBytes: number
}

/** Why a table is stored now; the word is stable, for metrics. */
export type WriteTrigger = 'full' | 'memory' | 'age' | 'rested'

/** The tables to store now, the most urgent first, and when to ask again if nothing happens before. */
export interface WriteChoice {
  readonly now: readonly { readonly topic: string; readonly trigger: WriteTrigger }[]
  readonly againMs: number
}

/** With one row waiting a table rests for what so many commits take, with two half as long, and so on. */
const restCommits = 40

/**
 * Which tables are worth a commit now. A commit costs about the same however many rows it has, so a table rests after each: the longer the longer a commit takes,
 * and the less the more rows wait. Then the rows wait together for as long as some commits take. While the machine is idle that is short; under load the tables
 * with the most rows are stored often and the others about once in `maxAgeMs`. A table that has rested stores its first row at once. When the budget is
 * spent, the most urgent go first; what is old or large enough is stored whatever the budget says.
 */
export function chooseTables(tables: readonly WaitingTable[], load: WriteLoad, limits: WriteLimits): WriteChoice {
  const judged = tables.filter(({ rows }) => rows > 0).map(table => ({ topic: table.topic, ...judge(table, load, limits) }))
  const now: { topic: string; trigger: WriteTrigger }[] = []
  let { budget } = load
  let againMs = Number.POSITIVE_INFINITY
  for (const { topic, trigger, needsBudget, urgency, dueMs } of judged.sort((a, b) => b.urgency - a.urgency)) {
    if (trigger !== undefined && (!needsBudget || budget >= 1)) {
      now.push({ topic, trigger })
      budget--
    } else againMs = Math.min(againMs, urgency >= 1 ? Math.min(dueMs, budgetMs(budget, load)) : dueMs)
  }
  return { now, againMs }
}

interface Judgement {
  readonly trigger: WriteTrigger | undefined
  readonly needsBudget: boolean
  /** 1 or more when it is due. */
  readonly urgency: number
  /** When it will be due at the latest if nothing comes, ms. */
  readonly dueMs: number
}

function judge(table: WaitingTable, load: WriteLoad, { maxAgeMs, fullBytes }: WriteLimits): Judgement {
  const at = (trigger: WriteTrigger): Judgement => ({ trigger, needsBudget: false, urgency: Number.POSITIVE_INFINITY, dueMs: 0 })
  if (table.bytes >= fullBytes) return at('full')
  if (load.isFull) return at('memory')
  if (table.oldestMs >= maxAgeMs) return at('age')
  const overdueMs = maxAgeMs - table.oldestMs
  if (table.isBehind) return { trigger: undefined, needsBudget: false, urgency: 0, dueMs: overdueMs }
  const restMs = Math.min(maxAgeMs, (restCommits * load.commitMs) / table.rows)
  const urgency = table.restedMs / restMs
  if (urgency >= 1) return { trigger: 'rested', needsBudget: true, urgency, dueMs: overdueMs }
  return { trigger: undefined, needsBudget: true, urgency, dueMs: Math.min(overdueMs, restMs - table.restedMs) }
}

/** How long until another commit may be made. */
function budgetMs(budget: number, { perSecond }: WriteLoad): number {
  return (1_000 * Math.max(0, 1 - budget)) / perSecond
}

const startMs = 3
/** How much the last commit counts in what a commit takes. */
const newest = 0.1
/** What each row adds to a commit, ms: not what this is about. */
const rowMs = 0.02
/** So much time of the store is spent on commits in a second, one after the other, before they are made fewer. */
const busyMs = 1_000
/** Commits that may be made at once after a rest, as a part of those of a second. */
const saved = 0.25

/** How many commits may be made: so many a second, and fewer when each takes long. */
export class WriteBudget {
  readonly #maxPerSecond: number
  #commitMs = startMs
  #budget: number
  #atMs: number

  constructor(maxPerSecond: number, nowMs = performance.now()) {
    this.#maxPerSecond = maxPerSecond
    this.#budget = saved * maxPerSecond
    this.#atMs = nowMs
  }

  /** How long a small commit takes at the moment, ms. */
  get commitMs(): number {
    return this.#commitMs
  }

  get perSecond(): number {
    return Math.min(this.#maxPerSecond, busyMs / this.#commitMs)
  }

  /** Commits that may be made now; less than 0 after some that had to be. */
  budgetAt(nowMs: number): number {
    const { perSecond } = this
    this.#budget = Math.min(Math.max(1, saved * perSecond), this.#budget + ((nowMs - this.#atMs) * perSecond) / 1_000)
    this.#atMs = nowMs
    return this.#budget
  }

  spend(nowMs: number): void {
    this.#budget = Math.max(-saved * this.perSecond, this.budgetAt(nowMs) - 1)
  }

  /** A commit is done. */
  note(durationMs: number, rows: number): void {
    const ownMs = Math.max(1, durationMs - rows * rowMs)
    this.#commitMs += newest * (Math.min(ownMs, 20 * this.#commitMs) - this.#commitMs)
  }
}
