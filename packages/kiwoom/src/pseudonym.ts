import { createHmac } from 'node:crypto'

const PSEUDONYM = /^acct_[0-9a-f]{16}$/
const KEEP_AT_MOST = 1_000
/** Account numbers have ten digits; longer texts in their place are not remembered. */
const LONGEST_KEPT = 32

/**
 * Replaces every account number (the value of FID 9201) in the text of a frame by `acct_` and 16 hex digits of HMAC-SHA256.
 * The same key and account give the same pseudonym, a pseudonym is left as it is, and everything else of a JSON text stays byte for byte.
 * A text that is not JSON keeps no run of digits long enough to be an account.
 */
export function pseudonymizer(key: Buffer): (text: string) => string {
  const known = new Map<string, string>()
  const pseudonymOf = (account: string): string => {
    const found = known.get(account)
    if (found !== undefined) return found
    const pseudonym = `acct_${createHmac('sha256', key).update(account).digest('hex').slice(0, 16)}`
    if (known.size >= KEEP_AT_MOST) known.clear()
    if (account.length <= LONGEST_KEPT) known.set(account, pseudonym)
    return pseudonym
  }
  return text => (mayHoldAccount(text) ? withPseudonyms(text, pseudonymOf) : text)
}

/** The text without any run of eight or more digits, escaped ones and dashes included; pseudonyms stay. For texts of no known form. */
export function withoutAccounts(text: string): string {
  // Long runs go piece by piece: a repetition without an end would use up the stack of the pattern matcher.
  return text.replace(/acct_[0-9a-f]{16}|(?:\d|-|\\u00(?:3\d|2[dD])){8,4096}/g, found => (PSEUDONYM.test(found) ? found : '#'))
}

/** False where a frame cannot hold an account number: FID 9201 is nowhere in it, and no escape could spell it. Cheap, also on bytes. */
export function mayHoldAccount(frame: string | Buffer): boolean {
  return frame.includes('9201') || frame.includes('\\u')
}

function withPseudonyms(text: string, pseudonymOf: (account: string) => string): string {
  try {
    const replaced = replaceAccounts(text, pseudonymOf)
    JSON.parse(replaced)
    return replaced
  } catch {
    return withoutDigits(text)
  }
}

/**
 * Walks over the string tokens of a JSON text; where one is the key 9201, however it is spelt, its value is replaced.
 * Throws where a value is not JSON.
 */
function replaceAccounts(text: string, pseudonymOf: (account: string) => string): string {
  let replaced = ''
  let copied = 0
  let at = 0
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', at)) {
    at = endOfString(text, quote)
    const value = startOfValue(text, at)
    if (value < 0 || !isAccountKey(text.slice(quote, at))) continue
    at = endOfValue(text, value)
    replaced += text.slice(copied, value) + hideAccounts(text.slice(value, at), pseudonymOf)
    copied = at
  }
  return replaced + text.slice(copied)
}

/** The place after the closing quote of the string that begins at `quote`; the end of the text where it never closes. */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at + 1
  }
  return text.length
}

/** Where the value begins, if a colon follows; -1 where the string was no key. */
function startOfValue(text: string, at: number): number {
  const colon = skipSpaces(text, at)
  return text.charCodeAt(colon) === 0x3a ? skipSpaces(text, colon + 1) : -1
}

function skipSpaces(text: string, at: number): number {
  let next = at
  while (next < text.length && ' \t\n\r'.includes(text[next]!)) next++
  return next
}

function isAccountKey(token: string): boolean {
  return token === '"9201"' || (token.includes('\\') && JSON.parse(token) === '9201')
}

/** The place after a value: a string, a number or word, or a list or object with all that is in it. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    const character = text[at]!
    if (character === '"') at = endOfString(text, at)
    else {
      if (character === '{' || character === '[') depth++
      if (character === '}' || character === ']') depth--
      if (depth < 0 || (depth === 0 && character === ',')) return at
      at++
    }
    if (depth === 0 && (character === '"' || character === '}' || character === ']')) return at
  } while (at < text.length)
  return at
}

/** A value with its accounts replaced, as JSON; blank texts, `null`, `true` and `false` name no account and stay. */
function hideAccounts(json: string, pseudonymOf: (account: string) => string): string {
  const value: unknown = JSON.parse(json)
  const hidden = hideIn(value, pseudonymOf)
  return hidden === value ? json : JSON.stringify(hidden)
}

function hideIn(value: unknown, pseudonymOf: (account: string) => string): unknown {
  if (typeof value === 'number') return pseudonymOf(String(value))
  if (typeof value === 'string') return value.trim() === '' || PSEUDONYM.test(value) ? value : pseudonymOf(value)
  if (Array.isArray(value)) return value.map(item => hideIn(item, pseudonymOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideIn(item, pseudonymOf)]))
}

/** For what is not JSON: hides whatever follows 9201, and every run of digits that is long enough. */
function withoutDigits(text: string): string {
  return withoutAccounts(text.replace(/(9201["'\s]*[:=]\s*["']?)[^"',}\]\s]*/g, '$1#'))
}
