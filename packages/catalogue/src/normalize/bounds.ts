/**
 * A frame with more bytes is not read: as objects a text can take thirty times its bytes (lists in each other). The venue's have some KiB, and 200 order
 * books in one frame would have 700.
 */
export const maxReadBytes = 1024 * 1024
/** So much of the text is kept of what could not be read, in characters. */
export const maxRawLength = 64 * 1024
/** So many bytes hold as many characters as that, and more. */
export const headBytes = 4 * maxRawLength

/** The most levels of lists and objects that are written out; the venue's frames have four. */
const MAX_DEPTH = 64
const TOO_DEEP = `(nested more than ${MAX_DEPTH} levels deep)`

/**
 * The text, cut to a number of characters, and further until its JSON fits a number of bytes: a control character takes six.
 * What comes of it can be stored: half a surrogate pair, which the text held or the cut left, is U+FFFD.
 */
export function cut(text: string, length: number, jsonBytes = 3 * length): string {
  let kept = text.length > length ? head(text, length) : text
  while (Buffer.byteLength(JSON.stringify(kept)) > jsonBytes + 2) kept = head(kept, kept.length >> 1)
  return (kept.length < text.length ? `${kept}…` : kept).toWellFormed()
}

/** The text cut for a column of type SYMBOL, which takes no null character. */
export function cutWord(text: string, length: number): string {
  return cut(text, length).replaceAll('\0', '\ufffd')
}

/** The beginning of a text; a character of two parts is not cut into one of them, which no table takes. */
function head(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/** A value as JSON. What is nested so deeply that writing it could use up the stack is only named. */
export function written(value: unknown): string {
  return isNestedWithin(value, MAX_DEPTH) ? (JSON.stringify(value) ?? String(value)) : TOO_DEEP
}

/** True when lists and objects nest no deeper than the limit. */
export function isNestedWithin(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every(member => isNestedWithin(member, levels - 1))
}
