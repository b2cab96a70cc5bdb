import type { RunQuery } from '@tickhouse/store'
import type { FoundSymbol } from './answers.ts'
import { rowsIfThere } from './marks.ts'
import { isSymbol } from './questions.ts'

/** A symbol with what a search looks at. */
export interface KnownSymbol extends FoundSymbol {
  /** Value traded on all dates with bars, won; 0 without bars. */
  readonly turnover: number
}

interface InstrumentRow {
  readonly symbol: string
  readonly name: string | null
  readonly market: string | null
}

const keptForMs = 30_000
const maxFound = 20
/** Sectors and gold have no trades among the bars. */
const instrumentsQuery = "SELECT symbol, name, market FROM instrument WHERE kind NOT IN ('sector', 'gold')"
const tradedQuery = 'SELECT symbol, sum(turnover) AS turnover FROM ohlcv_1d GROUP BY symbol'

/** The symbols that there are, read again every half a minute while somebody asks: those of the table `instrument` where there is one, and those with bars. */
export class SymbolList {
  readonly #query: RunQuery
  #known: Promise<readonly KnownSymbol[]> | undefined
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(query: RunQuery) {
    this.#query = query
  }

  /** The most traded first. */
  async all(): Promise<readonly KnownSymbol[]> {
    if (this.#known === undefined || performance.now() - this.#readAtMs > keptForMs) {
      this.#readAtMs = performance.now()
      this.#known = this.#read()
      this.#known.catch(() => {
        this.#known = undefined
      })
    }
    return await this.#known
  }

  async #read(): Promise<readonly KnownSymbol[]> {
    const [instruments, traded] = await Promise.all([
      rowsIfThere<InstrumentRow>(this.#query, instrumentsQuery),
      rowsIfThere<{ symbol: string; turnover: number | null }>(this.#query, tradedQuery),
    ])
    return knownSymbols(instruments, traded)
  }
}

/** Instruments and what has traded, each symbol once, the most traded first. */
export function knownSymbols(
  instruments: readonly InstrumentRow[],
  traded: readonly { symbol: string; turnover: number | null }[],
): KnownSymbol[] {
  const turnovers = new Map(traded.map(({ symbol, turnover }) => [symbol, turnover ?? 0]))
  const known = new Map(traded.map(({ symbol }) => [symbol, { symbol, name: null, market: null } as InstrumentRow]))
  for (const instrument of instruments) known.set(instrument.symbol, instrument)
  return [...known.values()]
    .filter(({ symbol }) => isSymbol(symbol))
    .map(({ symbol, name, market }) => ({ symbol, name, market, turnover: turnovers.get(symbol) ?? 0 }))
    .sort((one, other) => other.turnover - one.turnover || (one.symbol < other.symbol ? -1 : 1))
}

/** What a search finds, the best first: by code, by name, or by the initial consonants of a Korean name, `ㅅㅅㅈㅈ` for 삼성전자. */
export function found(known: readonly KnownSymbol[], search: string): FoundSymbol[] {
  const wanted = search.toLowerCase()
  const ranked = known.flatMap(symbol => {
    const rank = rankOf(symbol, wanted)
    return rank === undefined ? [] : [{ symbol, rank }]
  })
  ranked.sort((one, other) => one.rank - other.rank)
  return ranked.slice(0, maxFound).map(({ symbol: { symbol, name, market } }) => ({ symbol, name, market }))
}

/** How good a match is, 0 the best; undefined for none. */
function rankOf({ symbol, name }: KnownSymbol, wanted: string): number | undefined {
  const [code, words] = [symbol.toLowerCase(), (name ?? '').normalize('NFC').toLowerCase()]
  const matches = [
    code === wanted || words === wanted,
    code.startsWith(wanted) || words.startsWith(wanted),
    words.includes(wanted) || initialsOf(words).startsWith(wanted),
    code.includes(wanted) || initialsOf(words).includes(wanted),
  ]
  const rank = matches.indexOf(true)
  return rank < 0 ? undefined : rank
}

const initials = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
const [firstSyllable, lastSyllable, syllablesOfInitial] = [0xac00, 0xd7a3, 588]

/** The initial consonants of Korean syllables; everything else as it is. */
export function initialsOf(name: string): string {
  return [...name]
    .map(letter => {
      const code = letter.codePointAt(0)!
      return code < firstSyllable || code > lastSyllable ? letter : initials[Math.floor((code - firstSyllable) / syllablesOfInitial)]!
    })
    .join('')
}
