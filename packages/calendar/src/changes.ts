import { type DayKind, dayKinds, type Hours, type PhaseKind, type TradingVenue, tradingVenues } from './hours.ts'
import { isClock, isDate, type KoreanDate } from './korean-time.ts'

/** A day that an operator adds or takes back: closed, or open with the hours of a kind of day. */
export interface DayChange {
  readonly date: KoreanDate
  readonly kind: 'closed' | DayKind
  readonly reason: string
}

/** Hours of one phase that an operator adds or replaces: they count before all rows of the package for the same venue, phase and kind of day. */
export interface HoursChange extends Hours {
  readonly reason: string
}

/** What an operator knows better than the package. */
export interface CalendarChanges {
  readonly days: readonly DayChange[]
  readonly hours: readonly HoursChange[]
}

export const noChanges: CalendarChanges = { days: [], hours: [] }

/** Something in a file of changes that cannot be used: where, what stands there as far as anything does, and what was expected. */
export interface FileProblem {
  readonly name: string
  readonly value?: string
  readonly expected: string
}

/** A file of changes that cannot be used, with every problem at once. */
export class CalendarFileError extends Error {
  override readonly name = 'CalendarFileError'
  readonly problems: readonly FileProblem[]

  constructor(problems: readonly FileProblem[]) {
    super(`The trading calendar cannot be used: ${problems.map(({ name, expected }) => `${name}: expected ${expected}`).join('; ')}`)
    this.problems = problems
  }
}

const kinds: readonly PhaseKind[] = ['auction', 'continuous', 'fixed_price']

/**
 * Reads the text of TRADING_CALENDAR_FILE:
 *
 *     {
 *       "days": [{ "date": "2027-11-18", "kind": "csat", "reason": "college entrance exam" }],
 *       "hours": [{ "venue": "KRX", "phase": "pre_market", "kind": "continuous", "from": "07:00", "to": "08:00", "validFrom": "2027-01-04", "reason": "announced" }]
 *     }
 *
 * Throws CalendarFileError with every problem at once.
 */
export function readChanges(text: string): CalendarChanges {
  const problems: FileProblem[] = []
  const root = parsed(text)
  const refuse = (where: string, expected: string, value: unknown) => {
    problems.push({
      name: where,
      expected,
      ...(value !== undefined && { value: typeof value === 'string' ? value : JSON.stringify(value) }),
    })
  }
  const check = (where: string, value: unknown, isRight: boolean, expected: string) => {
    if (!isRight) refuse(where, expected, value)
  }
  for (const name of Object.keys(root)) if (name !== 'days' && name !== 'hours') refuse(name, '"days" or "hours"', name)
  const days = listOf(root, 'days', refuse).map((day, index): DayChange => {
    const at = `days[${index}]`
    check(`${at}.date`, day['date'], isText(day['date']) && isDate(day['date']), 'a date such as 2027-11-18')
    check(`${at}.kind`, day['kind'], ['closed', ...dayKinds].includes(day['kind'] as string), `closed, ${dayKinds.join(', ')}`)
    check(`${at}.reason`, day['reason'], isText(day['reason']), 'a reason in words')
    return day as unknown as DayChange
  })
  const hours = listOf(root, 'hours', refuse).map((row, index): HoursChange => {
    const at = `hours[${index}]`
    const { day = 'regular', from, to, validFrom, validTo } = row
    check(`${at}.venue`, row['venue'], tradingVenues.includes(row['venue'] as TradingVenue), tradingVenues.join(' or '))
    check(`${at}.phase`, row['phase'], isText(row['phase']) && /^[a-z_]+$/.test(row['phase']), 'a name such as pre_market')
    check(`${at}.kind`, row['kind'], kinds.includes(row['kind'] as PhaseKind), kinds.join(', '))
    check(`${at}.day`, day, dayKinds.includes(day as DayKind), dayKinds.join(', '))
    for (const [name, clock] of Object.entries({ from, to }))
      check(`${at}.${name}`, clock, isText(clock) && isClock(clock), 'a time such as 07:00')
    if (isText(from) && isText(to) && from >= to) refuse(`${at}.to`, `a time after ${from}`, to)
    for (const [name, date] of Object.entries({ validFrom, validTo }))
      check(`${at}.${name}`, date, date === undefined || (isText(date) && isDate(date)), 'a date such as 2027-01-04')
    check(`${at}.reason`, row['reason'], isText(row['reason']), 'a reason in words')
    return { ...row, day } as unknown as HoursChange
  })
  if (problems.length > 0) throw new CalendarFileError(problems)
  return { days, hours }
}

type Members = Readonly<Record<string, unknown>>

function parsed(text: string): Members {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch (error) {
    throw new CalendarFileError([{ name: 'the file', expected: `JSON (${(error as Error).message})` }])
  }
  if (!isMembers(root)) throw new CalendarFileError([{ name: 'the file', expected: 'an object with "days" and "hours"' }])
  return root
}

function listOf(root: Members, name: string, refuse: (where: string, expected: string, value: unknown) => void): Members[] {
  const list = root[name] ?? []
  if (Array.isArray(list) && list.every(isMembers)) return list
  refuse(name, 'a list of objects', list)
  return []
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
