import type { NormalizerEntry } from '../normalize/entry.ts'
import type { Gap } from '../normalize/own-records.ts'
import type { Produced } from '../normalize/produced.ts'
import { SessionNormalizer } from '../normalize/session.ts'

/** A record as it would stand in its topic. */
export interface Example {
  /** What it was made from: the name of a frame of the venue, or what happened. */
  readonly name: string
  readonly record: Readonly<Record<string, unknown>>
}

/** Examples by dataset. */
export type Examples = ReadonlyMap<string, readonly Example[]>

/** 10:00 in Korea on a Friday; a frame that names a time was captured soon after that time. */
const tenUs = Date.UTC(2026, 10, 27, 1) * 1_000
const delayUs = 184_000
const hourUs = 3_600_000_000
const identity = { session: '1m82rkex8z2g', environment: 'production', collector: 'collector-1' }
const pseudonym = 'acct_0123456789abcdef'

const gap: Gap = {
  from: tenUs - 61_000_000,
  to: tenUs - 58_700_000,
  reason: 'disconnected',
  types: ['0B', '0D'],
  symbols: ['005930', '005930_NX'],
  evidence: 'closed by the venue with code 1006',
}

/** What happens in a session besides frames. */
const events: readonly (Pick<NormalizerEntry, 'kind' | 'text'> & { readonly name: string })[] = [
  { name: 'a gap', kind: 'gap', text: JSON.stringify(gap) },
  { name: 'a heartbeat', kind: 'heartbeat', text: '' },
  { name: 'a text that is no JSON', kind: 'frame', text: 'Service Unavailable' },
  { name: 'the end of a session', kind: 'close', text: '{"reason":"stopped"}' },
]

/**
 * A record of each dataset, made as the collector makes them: of the first frame of the venue that becomes one, and of what happens in a session.
 * `frames` are in the order of their names, such as `trade.captured-1`.
 */
export function examplesOf(frames: ReadonlyMap<string, string>): Examples {
  const examples = new Map<string, Example[]>()
  for (const [name, text] of frames) {
    const [{ dataset, json }] = recordsOf(text) as [Produced]
    if (!examples.has(dataset)) examples.set(dataset, [{ name, record: JSON.parse(json) }])
  }
  const normalizer = openedAt(tenUs - hourUs)
  const begun = { name: 'the beginning of a session', records: normalizer.open() }
  const others = events.map(({ name, ...entry }) => ({ name, records: normalizer.entry({ ...entry, timeUs: tenUs }) }))
  for (const { name, records } of [begun, ...others])
    for (const { dataset, json } of records) examples.set(dataset, [...(examples.get(dataset) ?? []), { name, record: JSON.parse(json) }])
  return examples
}

/** The records of a frame that was captured a moment after the time that it names. */
function recordsOf(text: string): Produced[] {
  const anonymous = text.replace(/("9201"\s*:\s*)"[^"]*"/g, `$1"${pseudonym}"`)
  const [first] = recordsAt(tenUs, anonymous)
  const { exchange_time: named } = JSON.parse(first!.json) as { exchange_time?: number }
  return recordsAt((named ?? tenUs) + delayUs, anonymous)
}

function recordsAt(timeUs: number, text: string): Produced[] {
  const normalizer = openedAt(timeUs - hourUs)
  normalizer.open()
  return normalizer.entry({ kind: 'frame', timeUs, text })
}

function openedAt(openedAtUs: number): SessionNormalizer {
  return new SessionNormalizer({ ...identity, openedAtUs })
}
