import { delay } from '@tickhouse/runtime'
import { StoreError } from './errors.ts'
import { quoted, type RunQuery } from './query/query.ts'

/** How far a table has got with what was written to its write-ahead log. A suspended table goes on taking rows that nobody sees. */
export interface WalState {
  readonly table: string
  readonly suspended: boolean
  /** Last transaction that is visible. */
  readonly appliedTransaction: number
  /** Last transaction that was taken. */
  readonly writtenTransaction: number
  /** Why it was suspended, as far as QuestDB says. */
  readonly error: string | null
}

interface WalRow {
  readonly name: string
  readonly suspended: boolean
  readonly writerTxn: number
  readonly sequencerTxn: number
  readonly errorMessage: string | null
}

const minPollMs = 10
const maxPollMs = 500

/** The state of every table, or of one. */
export async function walStates(run: RunQuery, signal?: AbortSignal, table?: string): Promise<WalState[]> {
  const only = table === undefined ? '' : ` WHERE name = ${quoted(table)}`
  const rows = await run<WalRow>(`SELECT name, suspended, writerTxn, sequencerTxn, errorMessage FROM wal_tables()${only}`, signal)
  return rows.map(row => ({
    table: row.name,
    suspended: row.suspended,
    appliedTransaction: row.writerTxn,
    writtenTransaction: row.sequencerTxn,
    error: row.errorMessage || null,
  }))
}

/** Resolves when everything taken before the call is visible to queries; throws STORE_TABLE_SUSPENDED for a suspended table. */
export async function waitUntilApplied(run: RunQuery, table: string, signal?: AbortSignal): Promise<void> {
  let state = await stateOf(run, table, signal)
  const target = state.writtenTransaction
  for (let pollMs = minPollMs; state.appliedTransaction < target; pollMs = Math.min(maxPollMs, pollMs * 2)) {
    if (state.suspended) throw suspendedError(state)
    await delay(pollMs, signal)
    state = await stateOf(run, table, signal)
  }
}

async function stateOf(run: RunQuery, table: string, signal: AbortSignal | undefined): Promise<WalState> {
  const [state] = await walStates(run, signal, table)
  if (!state) throw new StoreError('STORE_QUERY_FAILED', `Expected a table ${table} with a write-ahead log, there is none`, { table })
  return state
}

function suspendedError({ table, error }: WalState): StoreError {
  return new StoreError('STORE_TABLE_SUSPENDED', `QuestDB has suspended ${table}${error === null ? '' : `: ${error}`}`, { table })
}
