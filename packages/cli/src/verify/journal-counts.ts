import { SessionNormalizer } from '@tickhouse/catalogue'
import { readJournal } from '@tickhouse/journal'

/** What one session of a journal must have become. */
export interface SessionCounts {
  readonly session: string
  readonly openedAtUs: number
  /** True while records may still be added: the last session of the journal, unless it was closed. */
  open: boolean
  /** Number of records per dataset; their seq are 1 … this. */
  records: Readonly<Record<string, number>>
}

/** Normalizes a whole journal again, session by session, and counts. Needs no other process and disturbs none. */
export async function journalCounts(directory: string): Promise<SessionCounts[]> {
  const sessions: SessionCounts[] = []
  let normalizer: SessionNormalizer | undefined
  for await (const { header, entries } of readJournal(directory)) {
    if (header.session === '') continue
    let current = sessions.at(-1)
    if (current?.session !== header.session) {
      if (current) current.open = false
      current = { session: header.session, openedAtUs: header.openedAtUs, open: true, records: {} }
      sessions.push(current)
      normalizer = new SessionNormalizer(header)
      normalizer.open()
    }
    for (const { kind, timeUs, bytes } of entries) {
      normalizer!.entry({ kind, timeUs, text: bytes.toString() })
      if (kind === 'close') current.open = false
    }
    current.records = normalizer!.state().seq
  }
  return sessions
}
