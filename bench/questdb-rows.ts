import type { RunQuery } from '@tickhouse/store'

/** What QuestDB wrote since it started, by its own metrics. */
export interface QuestdbRows {
  /** Rows that were appended or written again because rows before them came late. */
  readonly physical: number
  readonly committed: number
}

/** Reads them; `healthUrl` is where QuestDB serves /metrics. */
export async function questdbRows(healthUrl: string): Promise<QuestdbRows> {
  const text = await (await fetch(`${healthUrl}/metrics`)).text()
  return {
    physical: counterIn(text, 'questdb_physically_written_rows_total'),
    committed: counterIn(text, 'questdb_wal_apply_written_rows_total'),
  }
}

/** How often each row was written between two looks; 1 is once. */
export function timesWritten(before: QuestdbRows, after: QuestdbRows): string {
  return ((after.physical - before.physical) / Math.max(1, after.committed - before.committed)).toFixed(2)
}

/** The tables of which some commit wrote the most rows for each of its own, since QuestDB started: how often at the median, in 1 of 100 commits, and at the most. */
export async function mostWrittenAgain(query: RunQuery, tables: number): Promise<string> {
  const rows = await query<{ name: string; commits: number; p50: number; p99: number; most: number }>(
    `SELECT table_name AS name, table_write_amp_count AS commits, table_write_amp_p50 AS p50, table_write_amp_p99 AS p99, table_write_amp_max AS most FROM tables() WHERE table_write_amp_count > 0 ORDER BY p99 DESC, most DESC LIMIT ${tables}`,
  )
  return rows
    .map(({ name, commits, p50, p99, most }) => `${name} ${[p50, p99, most].map(times => times.toFixed(1)).join('/')} of ${commits}`)
    .join(', ')
}

function counterIn(text: string, name: string): number {
  const line = text.split('\n').find(candidate => candidate.startsWith(`${name} `))
  if (line === undefined) throw new Error(`QuestDB's metrics lack ${name}`)
  return Number(line.slice(name.length + 1))
}
