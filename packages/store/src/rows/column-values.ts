import { inspect } from 'node:util'

/** True for the elements of an array column. */
export function isElements(value: unknown): value is (number | null)[] {
  if (!Array.isArray(value)) return false
  for (let index = 0; index < value.length; index++) if (value[index] !== null && !Number.isFinite(value[index])) return false
  return true
}

/** True for equally long rows of elements. */
export function isMatrix(value: unknown): value is (number | null)[][] {
  if (!Array.isArray(value) || value.length === 0) return false
  for (let index = 0; index < value.length; index++) if (!isElements(value[index]) || value[index].length !== value[0].length) return false
  return true
}

/** True for an object whose members are all texts. */
export function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(text => typeof text === 'string')
}

/** The beginning of a value, for messages. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 2 })
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

/** How `unreadable` stands in a row: `{"851":"abc","15":"x"}` becomes `851=abc;15=x`. */
export function unreadableText(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([fid, raw]) => `${fid}=${raw}`)
    .join(';')
}
