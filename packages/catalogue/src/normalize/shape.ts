/** The value of a JSON text, or undefined when it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** True for what JSON writes in braces. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The document calls values a list and shows an object: both are taken, if there is something in it. */
export function valuesOf(values: unknown): Record<string, unknown> | null {
  const found = Array.isArray(values) && values.length === 1 ? values[0] : values
  if (!isObject(found)) return null
  for (const _ in found) return found
  return null
}
