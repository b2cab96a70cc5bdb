import { type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import { Checkpoint, checkpointPath, openJournal } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'

const log = createLogger({ name: 'tests', level: 'silent' })
let sessions = 0

/** A session in a journal, and the records that it gives. */
export interface RecordedSession {
  readonly session: string
  readonly records: readonly Produced[]
}

/** How the collector left it. */
export interface Recording {
  /** Closed by the collector, which is what happens when it is stopped. */
  readonly closed?: boolean
  /** Whether its publishing had come to the end; else it has not begun. */
  readonly published?: boolean
}

/** Writes frames as a session of its own into a journal, a millisecond apart. What stands in the topics is up to the test. */
export async function recordSession(
  directory: string,
  frames: readonly string[],
  { closed = true, published = true }: Recording = {},
): Promise<RecordedSession> {
  const session = `recorded-${process.pid}-${Date.now()}-${++sessions}`
  const openedAtUs = Date.now() * 1000 - frames.length * 1000
  const header = { session, openedAtUs, environment: 'simulator', collector: 'test', version: 1 }
  const entries = [
    ...frames.map((text, index) => ({ kind: 'frame' as const, timeUs: openedAtUs + (index + 1) * 1000, text })),
    ...(closed ? [{ kind: 'close' as const, timeUs: Date.now() * 1000 + 1000, text: '{"reason":"stopped"}' }] : []),
  ]
  const pendingBytes = 1024 * 1024 * 1024
  const journal = await openJournal({ directory, log, pendingBytes, onLoss: () => {} })
  journal.beginSession(header)
  for (const { kind, timeUs, text } of entries) journal.append(kind, timeUs, Buffer.from(text))
  await journal.flush()
  if (published) await moveCheckpoint(directory, journal.end)
  await journal.close()
  const normalizer = new SessionNormalizer(header)
  return { session, records: [...normalizer.open(), ...entries.flatMap(entry => normalizer.entry(entry))] }
}

async function moveCheckpoint(directory: string, position: object): Promise<void> {
  const checkpoint = await Checkpoint.open<object>({ path: checkpointPath(directory), log })
  checkpoint.moveTo({ position })
  await checkpoint.close()
}

/** A REAL frame with one item. */
export function frameOf(type: string, item: string, values: object): string {
  return JSON.stringify({ trnm: 'REAL', data: [{ type, name: '', item, values }] })
}
