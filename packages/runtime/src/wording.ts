/** A number of things: `1 gap`, `1,234 gaps`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${plural(count, noun)}`
}

/** A noun as it stands behind a number. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}

/** A count with separators: `1,234,567`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `1.2 GB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}

/** `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function ageText(ms: number): string {
  if (ms < 10_000) return `${Math.max(0, ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

/** The first few words of a list, and how many are left. */
export function someOf(words: readonly string[], max = 5): string {
  return words.length > max ? `${words.slice(0, max).join(', ')} and ${words.length - max} more` : words.join(', ')
}

/** `3 days`, `5 h`, `12 min`, `4 s`: the largest unit that keeps it above one and a half. */
export function spanText(ms: number): string {
  const [unit, name] = units.find(([size]) => ms >= 1.5 * size) ?? [1000, 's']
  return `${Math.round(ms / unit)} ${name}`
}

const units = [
  [86_400_000, 'days'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const

/** µs since the epoch as a person reads them: `2026-11-22T23:14:45.084996Z`. */
export function timeText(us: number): string {
  const milliseconds = Math.floor(us / 1000)
  const rest = String(us - milliseconds * 1000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`
}

/** Longer texts are cut where lines are shown: they come from outside and may have any length. */
const maxLength = 400

/** The first part of a text, and how much more there is. */
export function cutText(shown: string, max = maxLength): string {
  if (shown.length <= max) return shown
  const kept = shown.slice(0, max).replace(/[\ud800-\udbff]$/, '')
  return `${kept}… (${grouped(shown.length - kept.length)} more)`
}
