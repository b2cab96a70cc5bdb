import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { dayOf } from '@tickhouse/calendar'
import { type DataRecord, dataConditionTable } from '@tickhouse/catalogue'
import { replaceFile, visibleJson } from '@tickhouse/runtime'
import { type Store, timeLiteral } from '@tickhouse/store'
import type { Certificate } from './certificate.ts'
import { certificateText } from './text.ts'

/** A certificate as text, and the checksum that `sha256sum` prints for it. */
export interface Document {
  readonly text: string
  readonly sha256: string
}

/** The text of a certificate. */
function documentOf(certificate: Certificate): Document {
  return documentWith(`${visibleJson(JSON.stringify(certificate, null, 2))}\n`)
}

function documentWith(text: string): Document {
  return { text, sha256: createHash('sha256').update(text).digest('hex') }
}

/** Keeps the text of a certificate, in a folder that is made if need be. */
function keepDocument(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  replaceFile(path, text)
}

/** A certificate as it was kept. */
export interface KeptCertificate extends Document {
  readonly certificate: Certificate
}

/** The certificate of that date in a file; undefined when there is none. */
export function keptCertificate(path: string, date: string): KeptCertificate | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    const certificate = JSON.parse(text) as Certificate
    return certificate.date === date ? { certificate, ...documentWith(text) } : undefined
  } catch {
    return undefined
  }
}

/** The sessions that a certificate of that date names; none when there is no such certificate. */
export function certifiedSessions(path: string, date: string): string[] {
  return (
    (keptCertificate(path, date)?.certificate.sessions as readonly { session: string }[] | undefined)?.map(({ session }) => session) ?? []
  )
}

/**
 * Keeps a certificate: its text in a file, unless `output` is `-`, and its conditions in QuestDB. Gives its text, and what a person reads of it.
 */
export async function keepCertificate(
  store: Store,
  certificate: Certificate,
  output: string,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly summary: string }> {
  const { text, sha256 } = documentOf(certificate)
  if (output !== '-') keepDocument(output, text)
  await storeConditions(store, certificate, sha256, signal)
  const place = output === '-' ? 'on stdout' : output
  return { text, summary: `${certificateText(certificate)}\ncertificate: ${place} (sha256 ${sha256})` }
}

/** Writes the conditions into QuestDB: one row per dataset and one for the day; rows of an earlier check are replaced. */
export async function storeConditions(store: Store, certificate: Certificate, sha256: string, signal: AbortSignal): Promise<void> {
  await store.tables.fill(dataConditionTable, conditionRecords(certificate, sha256), signal)
}

/** What QuestDB says of a whole date: its condition, and the SHA-256 of the certificate that says so; undefined where it says nothing. */
export async function storedCondition(
  store: Store,
  date: string,
  signal: AbortSignal,
): Promise<{ readonly condition: string; readonly certificate: string | null } | undefined> {
  const { name } = dataConditionTable
  const [row] = await store.query<{ condition: string; certificate: string | null }>(
    `SELECT condition, certificate FROM ${name} WHERE timestamp = ${timeLiteral(dayOf(date).fromUs)} AND dataset = '*'`,
    signal,
  )
  return row
}

function conditionRecords({ date, window, made, day, datasets }: Certificate, sha256: string): DataRecord[] {
  const common = { timestamp: dayOf(date).fromUs, date, hours: window.hours, checked_at: made.at_us, certificate: sha256 }
  return [day, ...datasets].map(({ dataset, condition, records, rows, gaps, gap_seconds, missing_shares, dead_letters }) => {
    const row = { ...common, dataset, condition, records, rows, gaps, gap_seconds, missing_shares, dead_letters }
    return row as unknown as DataRecord
  })
}
