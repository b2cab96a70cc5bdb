import type { Journal, Loss } from '@tickhouse/journal'

/** An entry of our own as it was appended. */
interface OwnEntry {
  readonly kind: 'gap' | 'close'
  readonly timeUs: number
  readonly content: Buffer
}

/** How many entries can be appended again. */
const maxHeld = 256

/** Appends gaps and closes to the journal, and keeps the latest: those that the journal loses are appended again. */
export class OwnEntries {
  readonly #journal: Pick<Journal, 'append'>
  #latest: OwnEntry[] = []

  constructor(journal: Pick<Journal, 'append'>) {
    this.#journal = journal
  }

  append(kind: OwnEntry['kind'], timeUs: number, content: Buffer): void {
    this.#latest = [...this.#latest, { kind, timeUs, content }].slice(-maxHeld)
    this.#journal.append(kind, timeUs, content)
  }

  /** The entries that a loss took. */
  within({ fromUs, toUs }: Loss): OwnEntry[] {
    return this.#latest.filter(({ timeUs }) => timeUs >= fromUs && timeUs <= toUs)
  }

  forgetCloses(): void {
    this.#latest = this.#latest.filter(({ kind }) => kind === 'gap')
  }
}
