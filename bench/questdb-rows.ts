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

function counterIn(text: string, name: string): number {
  const line = text.split('\n').find(candidate => candidate.startsWith(`${name} `))
  if (line === undefined) throw new Error(`QuestDB's metrics lack ${name}`)
  return Number(line.slice(name.length + 1))
}
