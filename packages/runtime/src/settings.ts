/** One configurable value: the variable it comes from, and how its text becomes a value (`undefined` = cannot be read). */
export interface Setting<T> {
  readonly variable: string
  readonly expected: string
  readonly describe: string
  /** What the number counts, such as `MiB`; '' for what is no number, or is a number of nothing, such as a port. */
  readonly unit: string
  readonly secret: boolean
  readonly required: boolean
  readonly default: T | undefined
  /** The default in words, where the value itself is too long to read or differs from machine to machine. */
  readonly defaultText: string | undefined
  parse(text: string): T | undefined
}

/** A setting without a default must be given. */
export interface SettingOptions<T> {
  readonly default?: T
  readonly describe?: string
  readonly unit?: string
  readonly defaultText?: string
}

/** Any text that is not empty. */
export function text(variable: string, options: SettingOptions<string> = {}): Setting<string> {
  return setting(variable, 'a text', options, value => value)
}

/** A text that is never shown; `VARIABLE_FILE` may name a file that holds it instead. */
export function secret(variable: string, options: SettingOptions<string> = {}): Setting<string> {
  return { ...setting(variable, `a secret (or ${variable}_FILE, the path of a file that holds it)`, options, value => value), secret: true }
}

/** An integer from `min` to `max`. */
export function integer(variable: string, options: SettingOptions<number> & { min?: number; max?: number } = {}): Setting<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options
  return setting(variable, `an integer${rangeText(options)}`, options, value => {
    const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : undefined
  })
}

/** One of the given words. */
export function choice<const T extends string>(variable: string, words: readonly T[], options: SettingOptions<T> = {}): Setting<T> {
  return setting(variable, `one of ${words.join(', ')}`, options, value => words.find(word => word === value))
}

/** `true` or `false`. */
export function flag(variable: string, options: SettingOptions<boolean> = {}): Setting<boolean> {
  const values: Record<string, boolean> = { true: true, 1: true, false: false, 0: false }
  return setting(variable, 'true or false', options, value => values[value])
}

/** Words separated by commas; blanks around them do not count. */
export function list(variable: string, options: SettingOptions<readonly string[]> = {}): Setting<readonly string[]> {
  return setting(variable, 'words separated by commas', options, value =>
    value
      .split(',')
      .map(word => word.trim())
      .filter(word => word !== ''),
  )
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A length of time such as `200ms`, `30s`, `5m` or `1h`; the value is in ms. */
export function duration(variable: string, options: SettingOptions<number> = {}): Setting<number> {
  return setting(variable, 'a duration such as 200ms, 30s, 5m or 1h', { unit: 'duration', ...options }, parseDurationMs)
}

/** ms of a text such as `200ms`, `30s`, `5m` or `1h`; undefined when it is none. */
export function parseDurationMs(value: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value)
  return match === null ? undefined : Number(match[1]) * unitMs[match[2]!]!
}

/** The text that gives this duration, in the largest unit that divides it: `45s`, `168h`. */
export function durationText(ms: number): string {
  const [unit, size] = Object.entries(unitMs).findLast(([, size]) => ms % size === 0)!
  return `${ms / size}${unit}`
}

/** The same setting, but it may be left out; its value is then undefined. */
export function optional<T>(given: Setting<T>): Setting<T | undefined> {
  return { ...given, required: false }
}

function setting<T>(variable: string, expected: string, options: SettingOptions<T>, parse: (text: string) => T | undefined): Setting<T> {
  return {
    variable,
    expected,
    describe: options.describe ?? '',
    unit: options.unit ?? '',
    secret: false,
    required: options.default === undefined,
    default: options.default,
    defaultText: options.defaultText,
    parse,
  }
}

function rangeText({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}
