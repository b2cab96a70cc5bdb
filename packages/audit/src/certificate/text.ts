import { dayOf, koreanTime } from '@tickhouse/calendar'
import { grouped, textTable, visible } from '@tickhouse/runtime'
import type { Certificate } from './certificate.ts'

const columns = ['dataset', 'condition', 'records', 'topic', 'rows', 'dead letters', 'gaps', 'gap seconds', 'missing shares']

/** A certificate as a person reads it: the word, the datasets that were captured, why it is not complete, the volume, the journal. */
export function certificateText(certificate: Certificate): string {
  const { date, condition, window, datasets, reasons } = certificate
  const captured = datasets.filter(({ records }) => records > 0)
  const nothing = datasets.filter(({ records }) => records === 0).map(({ dataset }) => dataset)
  return [
    `${date}: ${condition} (${window.hours} Korean time)`,
    ...(certificate.judged.to === koreanTime(dayOf(date).toUs)
      ? []
      : [`a session goes on: what came until ${certificate.judged.to} is judged`]),
    ...(captured.length === 0 ? [] : textTable([...captured, certificate.day].map(cells), columns).split('\n')),
    ...(captured.length === 0 || nothing.length === 0 ? [] : [`nothing captured: ${nothing.join(', ')}`]),
    ...reasons.slice(0, maxReasons),
    ...(reasons.length > maxReasons ? [`… ${reasons.length - maxReasons} more reasons, all in the certificate`] : []),
    ...silentLines(certificate),
    ...volumeLines(certificate),
  ]
    .map(visible)
    .join('\n')
}

const maxReasons = 20
const maxItems = 10

function cells(day: Certificate['day']) {
  return {
    dataset: day.dataset,
    condition: day.condition,
    records: grouped(day.records),
    topic: grouped(day.topic),
    rows: grouped(day.rows),
    'dead letters': grouped(day.dead_letters),
    gaps: grouped(day.gaps),
    'gap seconds': day.gap_seconds.toFixed(3),
    'missing shares': grouped(day.missing_shares),
  }
}

function silentLines({ silent_items: silent }: Certificate): string[] {
  if (silent.length === 0) return []
  const shown = silent.slice(0, maxItems).map(({ symbol, seconds_in_window: seconds }) => `${symbol} for ${grouped(Math.round(seconds))} s`)
  return [
    `no data for: ${shown.join(', ')}${silent.length > maxItems ? ` and ${silent.length - maxItems} more` : ''}; it is unknown whether any is missing`,
  ]
}

function volumeLines({ volume }: Certificate): string[] {
  const { items, grown, traded, missing, not_adding_up: misfits } = volume
  if (items === 0) return []
  const sum = `volume: ${grouped(items)} items grew by ${grouped(grown)} shares; ${grouped(traded)} in trades, ${grouped(missing)} named in gaps`
  if (misfits.length === 0) return [`${sum}; all add up`]
  const shown = misfits.slice(0, maxItems).map(({ symbol, venue, unexplained }) => `${symbol} ${venue} by ${unexplained}`)
  return [`${sum}; ${misfits.length} do not add up: ${shown.join(', ')}${misfits.length > maxItems ? ' …' : ''}`]
}
