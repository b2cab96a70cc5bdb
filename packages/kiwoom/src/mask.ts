const HASH = 0x23
const BACKSLASH = 0x5c
const COLON = 0x3a
const EQUALS = 0x3d
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
/** Account numbers have ten digits; a run of so many may be one. */
const LEAST_DIGITS = 8

/**
 * Hides every account number in a text that is too large to be read, in place and without a copy: `#` stands for whatever follows FID 9201, and for each
 * run of eight or more digits and dashes, escaped ones included. Everything else stays byte for byte.
 */
export function maskAccounts(text: Buffer): void {
  maskNamed(text)
  maskRuns(text)
}

/** True where a member of this name, or with one of these values (as JSON), stands in a JSON text; escapes are not looked into. */
export function hasMember(text: Buffer, name: string, values?: readonly Buffer[]): boolean {
  const key = Buffer.from(`"${name}"`)
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) {
    const colon = skipSpaces(text, at + key.length)
    if (text[colon] !== COLON) continue
    const value = skipSpaces(text, colon + 1)
    if (values === undefined || values.some(each => text.subarray(value, value + each.length).equals(each))) return true
  }
  return false
}

function maskNamed(text: Buffer): void {
  // Not by indexOf: a text can hold millions of 9201, and each call costs a microsecond.
  for (let at = 0; at < text.length - 3; at++) {
    if (text[at] !== 0x39 || text[at + 1] !== 0x32 || text[at + 2] !== 0x30 || text[at + 3] !== 0x31) continue
    let colon = at + 4
    while (isQuote(text[colon]) || isSpace(text[colon])) colon++
    if (text[colon] !== COLON && text[colon] !== EQUALS) continue
    let from = skipSpaces(text, colon + 1)
    if (isQuote(text[from])) from++
    let to = from
    while (to < text.length && !endsValue(text[to])) to++
    text.fill(HASH, from, to)
    at = to - 1
  }
}

function maskRuns(text: Buffer): void {
  let from = 0
  let digits = 0
  for (let at = 0; at < text.length; ) {
    const length = digitLength(text, at)
    if (length > 0) {
      if (digits++ === 0) from = at
      at += length
      continue
    }
    if (digits >= LEAST_DIGITS) text.fill(HASH, from, at)
    digits = 0
    at++
  }
  if (digits >= LEAST_DIGITS) text.fill(HASH, from)
}

/** How many bytes spell a digit or a dash here: one, six for an escape, or none. */
function digitLength(text: Buffer, at: number): number {
  const code = text[at]!
  if ((code >= 0x30 && code <= 0x39) || code === 0x2d) return 1
  return code === BACKSLASH && isEscapedDigit(text, at) ? 6 : 0
}

/** `\u003` and a digit, or `\u002d`. */
function isEscapedDigit(text: Buffer, at: number): boolean {
  if (text[at + 1] !== 0x75 || text[at + 2] !== 0x30 || text[at + 3] !== 0x30) return false
  const last = text[at + 5]!
  return text[at + 4] === 0x33 ? last >= 0x30 && last <= 0x39 : text[at + 4] === 0x32 && (last === 0x64 || last === 0x44)
}

function skipSpaces(text: Buffer, at: number): number {
  let next = at
  while (isSpace(text[next])) next++
  return next
}

function isSpace(code: number | undefined): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

function isQuote(code: number | undefined): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE
}

/** A quote, comma, closing bracket or space. */
function endsValue(code: number | undefined): boolean {
  return isQuote(code) || code === 0x2c || code === 0x7d || code === 0x5d || isSpace(code)
}
