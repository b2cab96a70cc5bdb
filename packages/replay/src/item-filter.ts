import { entities, type Instrument, type Produced, readItem } from '@tickhouse/catalogue'
import type { Pair } from '@tickhouse/kiwoom'
import { UsageError } from '@tickhouse/runtime'

/** Which data are wanted, as a person names them; all where a list is left out. */
export interface WantedData {
  /** Bare codes, which mean every venue, or items such as `005930_NX`. */
  readonly symbols?: readonly string[] | undefined
  /** Names of datasets or type codes. */
  readonly types?: readonly string[] | undefined
}

const suffixes = { KRX: '', NXT: '_NX', SOR: '_AL' } as const

/** Tells wanted data from other data. What is about the feed itself belongs to no symbol, and only `types` leaves it out. */
export class ItemFilter {
  readonly #symbols: ReadonlySet<string> | undefined
  readonly #datasets: ReadonlySet<string> | undefined
  readonly #types: ReadonlySet<string>

  /** Throws UsageError for a type that nobody knows. */
  constructor({ symbols, types }: WantedData) {
    const wanted = types === undefined ? entities : types.map(entityNamed)
    this.#symbols = symbols === undefined ? undefined : new Set(symbols)
    this.#datasets = types === undefined ? undefined : new Set(wanted.map(({ name }) => name))
    this.#types = new Set(wanted.flatMap(({ venue }) => venue?.type ?? []))
  }

  /** Whether nothing is left out. */
  get isOpen(): boolean {
    return this.#symbols === undefined && this.#datasets === undefined
  }

  /** Whether a frame is wanted that holds data of these pairs; one that names none is left out with the first filter. */
  admitsFrame(pairs: readonly Pair[]): boolean {
    return this.isOpen || pairs.some(({ type, item }) => this.#types.has(type) && this.#admitsInstrument(readItem(item)))
  }

  admitsDataset(name: string): boolean {
    return this.#datasets === undefined || this.#datasets.has(name)
  }

  admitsRecord({ dataset, instrument }: Produced): boolean {
    return this.admitsDataset(dataset) && (instrument === undefined || this.#admitsInstrument(instrument))
  }

  #admitsInstrument(instrument: Instrument | null): boolean {
    if (this.#symbols === undefined) return true
    if (instrument === null) return false
    const { symbol, venue } = instrument
    return this.#symbols.has(symbol) || this.#symbols.has(symbol + suffixes[venue])
  }
}

function entityNamed(word: string) {
  const found = entities.find(({ name, venue }) => name === word || venue?.type === word)
  if (found === undefined)
    throw new UsageError(
      `Expected a dataset or a type code, was "${word}"; there are ${entities.map(({ name, venue }) => (venue ? `${name} (${venue.type})` : name)).join(', ')}`,
    )
  return found
}
