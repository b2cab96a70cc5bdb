import { type Certificate, certificatePath, type KeptCertificate, keptCertificate, storedCondition } from '@tickhouse/audit'
import { dayOf, koreanTime } from '@tickhouse/calendar'
import { counted, TickhouseError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { rowsIn, type SessionRows } from '../session-rows.ts'

/** Under what a date is archived: its certificate, or why there is none that counts. */
export type Standing = { readonly certificate: KeptCertificate } | { readonly uncertified: string }

/** Which date, and the data folder in which its certificate is. */
export interface CertifiedDate {
  readonly date: string
  readonly data: string
}

/** Looks for the certificate of a date. It counts when it is final, and QuestDB names it: a later check may have come to something else. */
export async function standingOf({ date, data }: CertifiedDate, store: Store, signal: AbortSignal): Promise<Standing> {
  const path = certificatePath(data, date)
  const kept = keptCertificate(path, date)
  if (kept === undefined) return { uncertified: `there is no certificate in ${path}` }
  const { condition } = kept.certificate
  if (condition !== 'complete' && condition !== 'degraded') return { uncertified: `its certificate says ${condition}` }
  const stored = await storedCondition(store, date, signal)
  if (stored?.certificate !== kept.sha256)
    return { uncertified: `QuestDB names another certificate than ${path}, one that says ${stored?.condition ?? 'nothing'}` }
  return { certificate: kept }
}

/** Throws NOT_CERTIFIED for a date without a certificate that counts. */
export function requireCertified(standing: Standing, date: string): void {
  if ('certificate' in standing) return
  throw new TickhouseError(
    'NOT_CERTIFIED',
    `${date} is not certified: ${standing.uncertified}. Run \`tickhouse verify --date ${date}\` first, or archive it as it is with --uncertified.`,
  )
}

/** Throws ROWS_CHANGED when a table does not hold of a dataset what the certificate counted. Rows that came behind the judged hours are more than it counted. */
export function requireCounted({ date, datasets, judged }: Certificate, dataset: string, found: readonly SessionRows[]): void {
  const certified = datasets.find(one => one.dataset === dataset)
  // Dead letters of the sink and rows about the feed are in no journal, and not counted.
  if (certified === undefined || certified.type === null) return
  const isWholeDay = judged.to === koreanTime(dayOf(date).toUs)
  for (const { session, table } of certified.sessions) {
    const rows = rowsIn(found.filter(one => one.session === session))
    if (isWholeDay ? rows === table.records : rows >= table.records) continue
    throw new TickhouseError(
      'ROWS_CHANGED',
      `Table ${dataset} holds ${counted(rows, 'row')} of session ${session} on ${date}, and the certificate counted ${table.records}. Run \`tickhouse verify --date ${date}\` again.`,
      { dataset, session },
    )
  }
}
