import type { Bus } from '@tickhouse/bus'
import { type Entity, entityOf } from '@tickhouse/catalogue'
import { publishedTo } from '@tickhouse/journal'
import { type Doing, grouped, UsageError, untold } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { SessionJournal } from '../journal/session-records.ts'
import { type JournalSession, journalSessions, kafkaSinceMs } from '../journal/sessions.ts'
import { requireTables } from '../require-tables.ts'
import { compare } from './comparison.ts'
import { Assessment, type Findings, isComplete } from './findings.ts'
import { mend } from './mend.ts'
import { withRepairLock } from './repair-lock.ts'
import { topicPositions } from './topic-positions.ts'

/** What is rebuilt, and with what. */
export interface RebuildOptions extends Partial<Doing> {
  readonly journalDirectory: string
  readonly bus: Bus
  readonly store: Store
  readonly dataset: string
  readonly session: string
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

/** A record that has no row for good, and why. */
export interface RefusedRecord {
  readonly seq: number
  readonly reason: string
}

/** How the table stood to the journal, what was done, and how it stands now. */
export interface RebuildReport {
  readonly dataset: string
  readonly session: string
  readonly verdict: 'complete' | 'incomplete'
  readonly open: boolean
  readonly before: Findings
  /** Null when nothing was done: it was a dry run, or there was nothing to do. */
  readonly after: Findings | null
  readonly published: number
  readonly written: number
  readonly refused: readonly RefusedRecord[]
}

/** Makes a table hold of one session what its journal gives by today's catalogue, and says how far it does. */
export async function rebuildTable(options: RebuildOptions): Promise<RebuildReport> {
  const { journalDirectory, store, signal } = options
  const entity = entityNamed(options.dataset)
  const sessions = await journalSessions(journalDirectory)
  const session = sessionNamed(sessions, options)
  const journal = new SessionJournal(journalDirectory, session, await publishedTo(journalDirectory), signal)
  await requireTables(store, [entity.table], signal)
  const run = new Rebuild(options, entity, { ...session, sinceMs: sinceMsOf(session, sessions) }, journal)
  return options.dryRun ? run.look() : withRepairLock(journalDirectory, () => run.mend())
}

class Rebuild {
  readonly #options: RebuildOptions
  readonly #entity: Entity
  readonly #journal: SessionJournal
  /** No row of the session is older, µs. */
  readonly #fromUs: number
  /** Kafka has no record of the session that is older, ms. */
  readonly #sinceMs: number

  constructor(options: RebuildOptions, entity: Entity, { header, sinceMs }: JournalSession & { sinceMs: number }, journal: SessionJournal) {
    this.#options = options
    this.#entity = entity
    this.#journal = journal
    this.#fromUs = header.openedAtUs - 1_000_000
    this.#sinceMs = sinceMs
  }

  async look(): Promise<RebuildReport> {
    const { findings } = await this.#assess()
    return this.#report(findings)
  }

  async mend(): Promise<RebuildReport> {
    const assessment = await this.#assess()
    const before = assessment.findings
    if (before.missing + before.different === 0) return this.#report(before)
    const refused: RefusedRecord[] = []
    const { tell = untold } = this.#options
    tell(() => `Writing ${grouped(before.missing + before.different)} rows of ${this.#entity.name}`)
    const { isWanted, inTopic, different: kept } = assessment
    const onRefused = ({ seq }: { seq: number }, reason: string) => refused.length < maxRefused && refused.push({ seq, reason })
    const mended = await mend({ ...this.#question, source: this.#journal, isWanted, inTopic, kept, onRefused }, this.#options)
    const { findings: after } = await this.#assess()
    return this.#report(before, { ...mended, refused, after })
  }

  get #question() {
    return { entity: this.#entity, session: this.#options.session, sinceMs: this.#sinceMs }
  }

  /** Compares journal and table, and looks for what the table lacks in the topic. */
  async #assess(): Promise<Assessment> {
    const { bus, store, session, signal, tell = untold } = this.#options
    const { name, table } = this.#entity
    await store.waitUntilApplied(table.name, signal)
    const only = name === 'dead_letter' ? { session, stage: 'collector' } : { session }
    let compared = 0
    tell(() => `Comparing the journal with table ${table.name}: ${grouped(compared)} records`)
    const comparison = await compare(this.#entity, {
      records: this.#journal.pieces(({ dataset }) => dataset === name),
      rows: store.rowPages({ table, only, fromUs: this.#fromUs }, signal),
      isOpen: () => this.#journal.isOpen,
      onRecords: count => {
        compared += count
      },
    })
    const found = new Assessment(name, comparison)
    if (comparison.absent.count(() => true) === 0) return found
    tell(() => `Looking for what the table lacks in topic ${this.#entity.topic.name}`)
    const isWanted = (record: Parameters<typeof comparison.absent.has>[0]) => comparison.absent.has(record)
    return new Assessment(name, comparison, await topicPositions(bus, { ...this.#question, isWanted }, signal))
  }

  #report(before: Findings, done: Partial<Pick<RebuildReport, 'after' | 'published' | 'written' | 'refused'>> = {}): RebuildReport {
    const { dataset, session } = this.#options
    const verdict = isComplete(done.after ?? before, this.#journal.isOpen) ? 'complete' : 'incomplete'
    return { dataset, session, verdict, open: this.#journal.isOpen, before, after: null, published: 0, written: 0, refused: [], ...done }
  }
}

const maxRefused = 100

function entityNamed(dataset: string): Entity {
  try {
    return entityOf(dataset)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function sinceMsOf({ header }: JournalSession, sessions: readonly JournalSession[]): number {
  return kafkaSinceMs(
    header.openedAtUs,
    sessions.map(each => each.header),
  )
}

function sessionNamed(sessions: readonly JournalSession[], { journalDirectory, session: wanted }: RebuildOptions): JournalSession {
  const found = sessions.find(({ header }) => header.session === wanted)
  if (found) return found
  const known = sessions.map(({ header }) => `  ${header.session}  opened ${new Date(header.openedAtUs / 1000).toISOString()}`)
  const list = known.length === 0 ? ' none' : `\n${known.join('\n')}`
  throw new UsageError(`Expected a session of the journal in ${journalDirectory}, was "${wanted}"; there is:${list}`)
}
