/** How many rows a symbol has. */
export interface SymbolRows {
  readonly symbol: string
  readonly rows: number
}

/** The rows of some symbols that follow each other, and the files that they are in. */
export interface SymbolPart {
  readonly first: string
  readonly last: string
  readonly files: readonly string[]
}

/**
 * Cuts the rows of a day, of which each file has a slice of time, into parts of at most so many rows that follow each other by symbol and time. The rows of a symbol with
 * more are taken file by file.
 */
export function partsOf(symbols: readonly SymbolRows[], files: readonly string[], maxRows: number): SymbolPart[] {
  const parts: SymbolPart[] = []
  let room = 0
  for (const { symbol, rows } of symbols)
    if (rows > maxRows) {
      parts.push(...files.map(file => ({ first: symbol, last: symbol, files: [file] })))
      room = 0
    } else if (rows <= room) {
      parts[parts.length - 1] = { ...parts.at(-1)!, last: symbol }
      room -= rows
    } else {
      parts.push({ first: symbol, last: symbol, files })
      room = maxRows - rows
    }
  return parts
}
