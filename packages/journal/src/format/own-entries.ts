import type { Gap } from '@tickhouse/catalogue'
import type { SessionHeader } from './segment-start.ts'

/** The layout of frames and of our own entries; stands in every session's header. */
const layoutVersion = 1

/** Since when, and why, records may be missing. */
export interface Missing {
  readonly fromUs: number
  readonly reason: string
  readonly evidence: string
}

/** Pairs that are not captured, and since when that has not been written down. */
export interface Refused extends Omit<Gap, 'from' | 'to'> {
  readonly fromUs: number
}

/** A gap as it stands in the journal. */
export interface GapEntry extends Gap {
  /** True when another gap follows it at the end of the session. */
  readonly goesOn?: true
}

/** Gaps that are not written yet. Closes and headers hold them as `owed`, so the next process knows them. */
export interface PendingGaps {
  /** Since the session before, until all is registered again. */
  readonly missing?: Missing
  /** Of a session that ended in a crash, for the next one to write. */
  readonly gaps?: readonly Gap[]
  /** Until the open session ends. */
  readonly refused?: readonly Refused[]
}

/** The header of a session that begins with these gaps pending. */
export function sessionHeader(identity: Omit<SessionHeader, 'version' | 'owed'>, pending: PendingGaps): SessionHeader {
  return { ...identity, version: layoutVersion, owed: pending }
}

/** What a `gap` entry holds. */
export function gapContent(gap: GapEntry): Buffer {
  return Buffer.from(JSON.stringify(gap))
}

/** What a `close` entry holds: why the session ended, and what is pending after it. */
export function closeContent(reason: string, pending: PendingGaps): Buffer {
  return Buffer.from(JSON.stringify({ reason, owed: pending }))
}
