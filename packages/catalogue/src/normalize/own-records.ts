import { cut, cutWord, maxRawLength, written } from './bounds.ts'
import type { Growth, Misfit } from './running-totals.ts'
import { isObject } from './shape.ts'

/** What the records of a session are made from, in addition to its frames. */
export interface SessionIdentity {
  readonly session: string
  /** When the session logged in, µs since the epoch. */
  readonly openedAtUs: number
  readonly environment: string
  readonly collector: string
}

/** An interval in which records may be missing; times in µs. */
export interface Gap {
  readonly from: number
  readonly to: number
  /** A code such as `disconnected` or `registration_refused`. */
  readonly reason: string
  readonly types?: readonly string[]
  readonly symbols?: readonly string[]
  readonly missing?: number
  readonly evidence?: string
}

/** The reason of the gap of an item of which nothing comes while others of its kind flow: nobody knows whether anything is missing. */
export const itemSilent = 'item_silent'

/** Why something became a dead letter. */
export type DeadLetterReason = 'too_large' | 'not_json' | 'wrong_shape' | 'unknown_type' | 'no_values' | 'bad_item'

const MAX_TEXT_LENGTH = 1000

type Columns = Readonly<Record<string, unknown>>

/** The columns of the record that opens a session. */
export function openColumns({ openedAtUs, environment, collector }: SessionIdentity): Columns {
  return { event: 'open', opened_at: openedAtUs, environment, collector }
}

/** The columns of the record that closes a session, with the numbers given per dataset. */
export function closeColumns(identity: SessionIdentity, close: unknown, counts: ReadonlyMap<string, number>): Columns {
  const reason = isObject(close) && typeof close['reason'] === 'string' ? cut(close['reason'], MAX_TEXT_LENGTH) : undefined
  const records = JSON.stringify(Object.fromEntries([...counts].filter(([dataset]) => dataset !== 'feed_session')))
  return { ...openColumns(identity), event: 'close', reason, records }
}

/** The columns of something that the venue said in a session; its words stand in `reason`. */
export function noticeColumns(identity: SessionIdentity, notice: unknown): Columns {
  const { kind, code, text } = isObject(notice) ? notice : {}
  return { ...openColumns(identity), event: 'notice', reason: cut(`${kind} ${code}: ${text}`, MAX_TEXT_LENGTH) }
}

/** The columns of a gap: lists become one text each for the table, and stand beside it for readers of the topic. */
export function gapColumns({ from, to, reason, types, symbols, missing, evidence }: Gap): Columns {
  return {
    from_time: from,
    to_time: to,
    reason: cutWord(reason, MAX_TEXT_LENGTH),
    types: types?.join(','),
    symbols: symbols && cut(symbols.join(','), maxRawLength),
    missing,
    evidence: evidence && cut(evidence, maxRawLength),
    type_list: types,
    symbol_list: symbols && wholeItems(symbols),
  }
}

/** As many items as the text of them holds in full. */
function wholeItems(items: readonly string[]): readonly string[] {
  let length = -1
  const end = items.findIndex(item => {
    length += item.length + 1
    return length > maxRawLength
  })
  return end === -1 ? items : items.slice(0, end)
}

/** The gap before a trade whose cumulative volume grew by more than its own volume. */
export function missingVolume(type: string, item: string, misfit: Misfit, { total, step }: Growth, timestamp: number): Gap {
  const { surplus, lastTotal, since, change } = misfit
  const where = change === '' ? '' : `, at a change of exchange (9081) from ${change}`
  const evidence = `cumulative volume (13) went from ${lastTotal} to ${total} with a trade (15) of ${step}: ${surplus} shares in between were not received${where}`
  return { from: since, to: timestamp, reason: 'volume_missing', types: [type], symbols: [item], missing: surplus, evidence }
}

/** True for the JSON of a gap. */
export function isGap(value: unknown): value is Gap {
  return isObject(value) && Number.isSafeInteger(value['from']) && Number.isSafeInteger(value['to']) && typeof value['reason'] === 'string'
}

/** What a dead letter of the collector is made from. */
export interface UnreadableItem {
  readonly reason: DeadLetterReason
  readonly detail: string
  /** The text or value that could not be read. */
  readonly raw: unknown
  /** Known when only the item or its values were wrong. */
  readonly plan?: { readonly type: string; readonly dataset: string } | undefined
  /** Where the frame stands in the journal, and its size if `raw` is only its beginning. */
  readonly entry: { readonly bytes?: number; readonly segment?: number; readonly offset?: number }
}

/** The columns of a dead letter of the collector; where its text is cut they name the place of the whole one. */
export function deadLetterColumns({ reason, detail, raw, plan, entry }: UnreadableItem): Columns {
  const text = typeof raw === 'string' ? raw : written(raw)
  const kept = cut(text, maxRawLength)
  const type = plan?.type ?? (isObject(raw) && typeof raw['type'] === 'string' ? cutWord(raw['type'], 20) : undefined)
  const place = kept !== text || entry.bytes !== undefined ? { journal_segment: entry.segment, journal_offset: entry.offset } : {}
  return { stage: 'collector', dataset: plan?.dataset ?? '*', type, reason, detail, raw: kept, ...place }
}
