import { dateAfter, dateAt, momentOf, phaseChanges, type TradingCalendar } from '@tickhouse/calendar'
import { type DataRecord, marketPhaseTable, type TableDefinition, tradingDayTable } from '@tickhouse/catalogue'

/** What the tables of the trading calendar hold at a moment, µs since the epoch: last year, this year and the next, by Korean time. */
export function calendarRows(calendar: TradingCalendar, nowUs: number): [TableDefinition, DataRecord[]][] {
  const year = Number(dateAt(nowUs).slice(0, 4))
  const [first, last] = [`${year - 1}-01-01`, `${year + 1}-12-31`]
  return [
    [tradingDayTable, tradingDays(calendar, first, last)],
    [marketPhaseTable, marketPhases(calendar, first, last)],
  ]
}

function tradingDays(calendar: TradingCalendar, first: string, last: string): DataRecord[] {
  const records: object[] = []
  for (let date = first; date <= last; date = dateAfter(date)) {
    const { state, kind: hours, reason } = calendar.dayOf(date)
    records.push({ timestamp: momentOf(date, '00:00'), date, state, hours, reason })
  }
  return records as DataRecord[]
}

function marketPhases(calendar: TradingCalendar, first: string, last: string): DataRecord[] {
  return phaseChanges(calendar, first, last).map(({ us: timestamp, venue, phase, kind, isCertain }) => {
    const record = { timestamp, venue, phase, kind, hours: kind === null ? null : isCertain ? 'published' : 'usual' }
    return record as unknown as DataRecord
  })
}
