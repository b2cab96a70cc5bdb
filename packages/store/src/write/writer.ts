import { type Logger, messageOf, retry } from '@tickhouse/runtime'
import { StoreError } from '../errors.ts'
import type { RowBuffer } from '../rows/row-buffer.ts'
import type { HttpAnswer, Transport } from './transport.ts'
import { type Verdict, writeVerdictOf } from './verdict.ts'

/** A row that QuestDB will never take, by its place in the RowBuffer. */
export interface RejectedRow {
  readonly row: number
  readonly reason: string
}

/** What became of the rows: every one is either stored or rejected. */
export interface WriteResult {
  readonly stored: number
  readonly rejected: readonly RejectedRow[]
}

/** One request that was answered, or failed, for metrics. */
export interface RequestReport {
  readonly table: string
  readonly verdict: Verdict['kind']
  /** True when QuestDB answered; false when it could not be reached, or was silent. */
  readonly answered: boolean
  /** What QuestDB said, or why there was no answer; null when it took the rows. */
  readonly reason: string | null
  readonly rows: number
  readonly bytes: number
  readonly durationMs: number
}

/** What a writer works with; `baseMs` and `maxMs` bound the waits between attempts. */
export interface WriterOptions {
  readonly transport: Transport
  readonly log: Logger
  readonly onRequest?: ((report: RequestReport) => void) | undefined
  readonly baseMs?: number | undefined
  readonly maxMs?: number | undefined
}

/** Rows `from` (included) to `to` (excluded) of a RowBuffer. */
interface Range {
  readonly from: number
  readonly to: number
}

type Settled = Exclude<Verdict, { kind: 'retry' } | { kind: 'stop' }>

/** A body that the server refuses without reading it shows as a closed connection; from this attempt and size on it is cut in two. */
const resetsBeforeHalving = 3
const minBytesToHalve = 1024 * 1024

/**
 * Writes rows into one table: one request, one transaction.
 *
 * Rows stay in the caller's buffer until QuestDB has them. An outage is waited out however long it takes; a row that QuestDB refuses is
 * found and set aside, the others go through. A retry may write rows again: they are identical, so deduplication makes it a no-op.
 */
export class TableWriter {
  readonly table: string
  readonly #options: WriterOptions

  constructor(table: string, options: WriterOptions) {
    this.table = table
    this.#options = options
  }

  /** Resolves when every row is stored or rejected. Throws STORE_REFUSED when a person is needed, and the signal's reason on abort. */
  async write(rows: RowBuffer, signal: AbortSignal): Promise<WriteResult> {
    const rejected: RejectedRow[] = []
    const pending: Range[] = rows.rowCount > 0 ? [{ from: 0, to: rows.rowCount }] : []
    for (let range = pending.pop(); range; range = pending.pop()) {
      const verdict = await this.#settle(rows, range, signal)
      const refused = refusedRow(verdict, range)
      if (refused !== undefined && verdict.kind !== 'stored') rejected.push({ row: refused, reason: verdict.reason })
      pending.push(...remaining(verdict, range, refused))
    }
    rejected.sort((a, b) => a.row - b.row)
    return { stored: rows.rowCount - rejected.length, rejected }
  }

  /**
   * Goes on with another connection, also with what is under way. QuestDB keeps, per connection, the table that it wrote to: rows for one that was dropped and
   * made again it takes with a 204 and forgets.
   */
  reconnect(): void {
    this.#options.transport.close()
  }

  /** Sends the range until QuestDB gives an answer about the rows themselves. */
  #settle(rows: RowBuffer, range: Range, signal: AbortSignal): Promise<Settled> {
    const { baseMs, maxMs } = this.#options
    return retry(attempt => this.#attempt(rows, range, attempt, signal), {
      signal,
      ...(baseMs !== undefined && { baseMs }),
      ...(maxMs !== undefined && { maxMs }),
      onRetry: (error, attempt, delayMs) => this.#noteRetry(error, range, attempt, delayMs),
    })
  }

  /** Another attempt takes another connection: QuestDB remembers a table's columns per connection, those added since are unknown there. */
  async #attempt(rows: RowBuffer, range: Range, attempt: number, signal: AbortSignal): Promise<Settled> {
    if (attempt > 1) this.#options.transport.dropIdleConnections()
    const body = rows.slice(range.from, range.to)
    const startedAt = performance.now()
    const answer = await this.#post(body, signal)
    const verdict = answer instanceof StoreError ? verdictOfFailure(answer, attempt, body.length) : writeVerdictOf(answer)
    this.#report(verdict, !(answer instanceof StoreError), range, body.length, performance.now() - startedAt)
    if (verdict.kind === 'retry') throw answer instanceof StoreError ? answer : this.#failed('STORE_UNAVAILABLE', verdict.reason)
    if (verdict.kind === 'stop') throw this.#failed('STORE_REFUSED', verdict.reason)
    return verdict
  }

  async #post(body: Buffer, signal: AbortSignal): Promise<HttpAnswer | StoreError> {
    try {
      return await this.#options.transport.post('/write?precision=us', body, signal)
    } catch (error) {
      if (error instanceof StoreError) return error
      throw error
    }
  }

  #failed(code: 'STORE_UNAVAILABLE' | 'STORE_REFUSED', reason: string): StoreError {
    const { table } = this
    const { address } = this.#options.transport
    const retriable = code === 'STORE_UNAVAILABLE'
    return new StoreError(code, `QuestDB does not take rows for ${table}: ${reason}`, { retriable, table, address })
  }

  #report(verdict: Verdict, answered: boolean, { from, to }: Range, bytes: number, durationMs: number): void {
    const reason = verdict.kind === 'stored' ? null : verdict.reason
    this.#options.onRequest?.({ table: this.table, verdict: verdict.kind, answered, reason, rows: to - from, bytes, durationMs })
  }

  #noteRetry(error: unknown, { from, to }: Range, attempt: number, delayMs: number): void {
    const { log, transport } = this.#options
    const { address } = transport
    log.warn({ table: this.table, rows: to - from, attempt, delayMs, address, reason: messageOf(error) }, 'Write failed, trying again')
  }
}

/** Nothing was said about the rows: the same again, or in two pieces when it looks as if the size was the trouble. */
function verdictOfFailure(error: StoreError, attempt: number, bytes: number): Verdict {
  const tooLarge = error.details['reset'] === true && attempt >= resetsBeforeHalving && bytes > minBytesToHalve
  return { kind: tooLarge ? 'halve' : 'retry', reason: messageOf(error) }
}

/** The row that the verdict condemns, if it is known which. */
function refusedRow(verdict: Settled, { from, to }: Range): number | undefined {
  if (verdict.kind === 'stored') return undefined
  const named = verdict.kind === 'reject' && verdict.row !== null ? from + verdict.row : undefined
  if (named !== undefined && named < to) return named
  return to - from === 1 ? from : undefined
}

/**
 * The ranges that are left to send, in reverse order. Half of what follows a refused row goes on its own, so that many refused rows
 * cost n log n and not n² bytes; without a known row the range is cut in two.
 */
function remaining(verdict: Settled, { from, to }: Range, refused: number | undefined): Range[] {
  if (verdict.kind === 'stored') return []
  if (refused === undefined) return halves(from, to)
  return [...halves(refused + 1, to), { from, to: refused }].filter(range => range.from < range.to)
}

function halves(from: number, to: number): Range[] {
  const middle = from + Math.ceil((to - from) / 2)
  return [
    { from: middle, to },
    { from, to: middle },
  ]
}
