import { isDate } from '@tickhouse/calendar'
import { flag, integer, list, type Setting, text } from '@tickhouse/runtime'
import { stocks } from './pairs.ts'

/** A session that a day consists of; between two of them the connection was lost. Times in µs. */
export interface DaySession {
  readonly session: string
  readonly fromUs: number
  readonly toUs: number
}

/** Every setting of the writer of a day; whoever starts it gives them, nobody writes them by hand. */
export const daySpec = {
  directory: text('JOURNAL_DIR', { describe: 'Folder of the journal' }),
  collector: text('COLLECTOR_ID', { describe: 'Name of the collector in every session' }),
  date: { ...text('SIMULATOR_DAY', { describe: 'Korean date of the day' }), expected: 'a date such as 2026-11-25', parse: dateIn },
  sessions: sessions('SIMULATOR_DAY_SESSIONS', { describe: 'Sessions of the day, each with its first and its last moment' }),
  symbols: integer('SIMULATOR_DAY_SYMBOLS', { min: 1, max: stocks.length, describe: 'How many stocks trade' }),
  records: integer('SIMULATOR_DAY_RECORDS', { min: 1, describe: 'About how many records the day has' }),
  seed: integer('SIMULATOR_SEED', { min: 0, describe: 'Seed of the simulated market' }),
  leavesOut: flag('SIMULATOR_DAY_LEAVES_OUT', { default: false, describe: 'Whether the venue leaves out a few trades' }),
}

function dateIn(word: string): string | undefined {
  return isDate(word) ? word : undefined
}

function sessions(variable: string, options: { readonly describe: string }): Setting<readonly DaySession[]> {
  const setting = list(variable, options)
  const parse = (value: string) => {
    const found = (setting.parse(value) ?? []).map(sessionIn)
    return found.length > 0 && found.every(session => session !== undefined) ? found : undefined
  }
  return { ...setting, default: undefined, expected: 'sessions such as 1m82rkex8z2g/1764195000000000/1764241800000000', parse }
}

function sessionIn(word: string): DaySession | undefined {
  const [, session, from, to] = /^([0-9a-z]{12})\/(\d{16})\/(\d{16})$/.exec(word) ?? []
  return session === undefined ? undefined : { session, fromUs: Number(from), toUs: Number(to) }
}
