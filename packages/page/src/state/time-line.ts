import type { Store } from '@tickhouse/store'
import type { PageGap, SessionSpan } from './page-state.ts'

/** A row of feed_session; times in µs. */
export interface SessionRow {
  readonly atUs: number
  readonly openedUs: number | null
  readonly session: string
  readonly event: string
  readonly environment: string | null
  readonly collector: string | null
  readonly reason: string | null
}

/** A row of feed_gap; times in µs. */
export interface TimeLineGap {
  readonly atUs: number
  readonly fromUs: number | null
  readonly toUs: number | null
  readonly reason: string
  readonly types: string | null
  readonly symbols: string | null
  readonly missing: number | null
  readonly session: string | null
}

/** Sessions and gaps, the latest first. */
export interface TimeLine {
  readonly environment: string | null
  readonly sessions: readonly SessionSpan[]
  readonly gaps: readonly PageGap[]
}

const maxEvents = 200
const timeoutMs = 1500
const everyMs = 5000
// A session comes with two rows.
const sessionQuery = `SELECT timestamp AS atUs, opened_at AS openedUs, session, event, environment, collector, reason FROM feed_session WHERE event != 'notice' ORDER BY timestamp DESC LIMIT ${maxEvents}`
const gapQuery = `SELECT timestamp AS atUs, from_time AS fromUs, to_time AS toUs, reason, types, symbols, missing, session FROM feed_gap ORDER BY timestamp DESC LIMIT ${maxEvents}`

/** Reads sessions and gaps every few seconds; while QuestDB does not answer it knows what it knew. */
export class TimeLineReader {
  readonly #store: Store
  #last: TimeLine = { environment: null, sessions: [], gaps: [] }
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(store: Store) {
    this.#store = store
  }

  async read(): Promise<TimeLine> {
    if (performance.now() - this.#readAtMs < everyMs) return this.#last
    try {
      const [sessions, gaps] = await Promise.all([this.#query<SessionRow>(sessionQuery), this.#query<TimeLineGap>(gapQuery)])
      this.#last = timeLineOf(sessions, gaps)
      this.#readAtMs = performance.now()
    } catch {
      // That QuestDB does not answer is said of the tables.
    }
    return this.#last
  }

  #query<Row>(sql: string): Promise<Row[]> {
    return this.#store.query<Row>(sql, AbortSignal.timeout(timeoutMs))
  }
}

/** What the rows say, the latest first as they are. */
export function timeLineOf(sessions: readonly SessionRow[], gaps: readonly TimeLineGap[]): TimeLine {
  const opens = sessions.filter(({ event }) => event === 'open')
  return {
    environment: sessions[0]?.environment ?? null,
    sessions: opens.map(open => spanOf(open, sessions)),
    gaps: gaps.map(gap => gapOf(gap, collectorOf(gap, sessions))),
  }
}

/** A session without a close is open, unless its collector has opened another one since. */
function spanOf(open: SessionRow, rows: readonly SessionRow[]): SessionSpan {
  const close = rows.find(({ session, event }) => session === open.session && event === 'close')
  const next = rows.findLast(({ event, collector, atUs }) => event === 'open' && collector === open.collector && atUs > open.atUs)
  const end = close ?? next
  return {
    session: open.session,
    collector: open.collector,
    fromMs: (open.openedUs ?? open.atUs) / 1000,
    toMs: end === undefined ? null : end.atUs / 1000,
    reason: close?.reason ?? null,
  }
}

/** Whose session it is, where there are several collectors. */
function collectorOf({ session }: TimeLineGap, rows: readonly SessionRow[]): string | null {
  if (new Set(rows.map(({ collector }) => collector)).size < 2) return null
  return rows.find(row => row.session === session)?.collector ?? null
}

function gapOf({ atUs, fromUs, toUs, reason, types, symbols, missing }: TimeLineGap, collector: string | null): PageGap {
  const toMs = (toUs ?? atUs) / 1000
  const whose = collector === null ? [] : [collector]
  const concerns = [types ? `types ${types.replaceAll(',', ', ')}` : 'all types', ...(symbols ? [symbols.replaceAll(',', ', ')] : [])]
  const counted = missing === null ? [] : [`${missing} missing`]
  return { fromMs: Math.min(toMs, (fromUs ?? atUs) / 1000), toMs, reason, concerns: [...whose, ...concerns, ...counted].join('; ') }
}
