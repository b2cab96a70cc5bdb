import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FrameSource, SourceFrame, SourceItem } from './source.ts'

/** Every `.json` of a folder once, sorted by name and byte for byte, whatever is registered. */
export class FramesFolder implements FrameSource {
  readonly #directory: string
  readonly #names: string[]

  /** Throws where the folder cannot be read. */
  constructor(directory: string) {
    this.#directory = directory
    this.#names = readdirSync(directory)
      .filter(name => name.endsWith('.json'))
      .sort()
  }

  get isExhausted(): boolean {
    return this.#names.length === 0
  }

  register(): void {}

  next(): SourceFrame | null {
    const name = this.#names.shift()
    if (name === undefined) return null
    const bytes = readFileSync(join(this.#directory, name))
    return { pair: null, items: itemsIn(bytes), bytes }
  }
}

/** The items of a frame as far as it can be read; it is sent whatever it is. */
export function itemsIn(bytes: Buffer): SourceItem[] {
  try {
    const { data } = JSON.parse(bytes.toString('utf8')) as { data: { type?: unknown; item?: unknown; values?: unknown }[] }
    return data.map(({ type, item, values }) => ({ type: String(type), item: String(item), values: JSON.stringify(values ?? {}) }))
  } catch {
    return []
  }
}
