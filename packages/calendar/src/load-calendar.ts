import { readFileSync } from 'node:fs'
import { ConfigError, type Env, loadConfig, messageOf, optional, text } from '@tickhouse/runtime'
import { TradingCalendar } from './calendar.ts'
import { CalendarFileError, noChanges, readChanges } from './changes.ts'

const variable = 'TRADING_CALENDAR_FILE'

/** The setting of every process that goes by the calendar. */
export const calendarSettings = {
  calendarFile: optional(text(variable, { describe: 'A JSON file of trading days and hours that override the built-in calendar' })),
} as const

/** The calendar with the changes in the file that TRADING_CALENDAR_FILE names, if it names one. Throws ConfigError with every problem at once. */
export function loadCalendar(env: Env): TradingCalendar {
  const { calendarFile: file } = loadConfig(calendarSettings, env)
  if (file === undefined) return new TradingCalendar(noChanges)
  try {
    return new TradingCalendar(readChanges(contents(file)))
  } catch (error) {
    if (!(error instanceof CalendarFileError)) throw error
    throw new ConfigError(error.problems.map(problem => ({ ...problem, name: `${variable}, ${file}: ${problem.name}` })))
  }
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CalendarFileError([{ name: 'the file', expected: `one that can be read (${messageOf(error)})` }])
  }
}
