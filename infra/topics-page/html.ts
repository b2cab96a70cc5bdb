const characters: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text as HTML shows it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => characters[character]!)
}

/** A sentence of the catalogue: what stands in backticks is code. */
export function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

/** An object as JSON with one member a line, so that long lists stay readable. */
export function memberLines(record: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(record).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}
