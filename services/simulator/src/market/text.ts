// How the venue writes numbers. Every text here is Latin-1: Korean stands in it as its UTF-8 bytes, one character a byte, so that a
// frame becomes bytes by a plain copy.

/** A text as its UTF-8 bytes, one character a byte. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** A price whose sign says only where it stands against the previous close; none where it is equal. */
export function coloured(price: number, previousClose: number): string {
  if (price > previousClose) return `+${price}`
  return price < previousClose ? `-${price}` : `${price}`
}

/** A number with its sign, also a plus; zero without. */
export function signed(value: number): string {
  return value > 0 ? `+${value}` : `${value}`
}

/** A whole number of hundredths as a decimal with two places: 5 is `0.05`. */
export function decimal(hundredths: number): string {
  const magnitude = hundredths < 0 ? -hundredths : hundredths
  const rest = magnitude % 100
  return `${hundredths < 0 ? '-' : ''}${(magnitude - rest) / 100}${rest < 10 ? '.0' : '.'}${rest}`
}

/** The same with a plus before a positive number. */
export function signedDecimal(hundredths: number): string {
  return hundredths > 0 ? `+${decimal(hundredths)}` : decimal(hundredths)
}

/** A ratio as hundredths of a percent, rounded; 0 where there is no base. */
export function percent(part: number, base: number): number {
  return base === 0 ? 0 : Math.round((part / base) * 10_000)
}

/** FID 25: 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down. */
export function directionCode(price: number, previousClose: number, upperLimit = Number.POSITIVE_INFINITY, lowerLimit = 0): string {
  if (price >= upperLimit) return '1'
  if (price <= lowerLimit) return '4'
  return price > previousClose ? '2' : price < previousClose ? '5' : '3'
}

const KOREA_OFFSET_SECONDS = 9 * 3600
const DAY_SECONDS = 86_400
const two = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))

/** HHMMSS in Korean time. */
export function koreanClock(nowMs: number): string {
  const second = (Math.floor(nowMs / 1000) + KOREA_OFFSET_SECONDS) % DAY_SECONDS
  return `${two[Math.floor(second / 3600)]}${two[Math.floor(second / 60) % 60]}${two[second % 60]}`
}
