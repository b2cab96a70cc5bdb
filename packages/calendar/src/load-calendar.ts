import { readFileSync } from 'node:fs'
import { TradingCalendar } from './calendar.ts'
import { CalendarFileError, noChanges, readChanges } from './changes.ts'

/** The calendar with the changes in the file that TRADING_CALENDAR_FILE names, if it names one. Throws CalendarFileError. */
export function loadCalendar(file: string | undefined): TradingCalendar {
  return new TradingCalendar(file === undefined || file === '' ? noChanges : readChanges(contents(file), file))
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CalendarFileError(`The trading calendar cannot be read: ${(error as Error).message}. TRADING_CALENDAR_FILE names it.`)
  }
}
