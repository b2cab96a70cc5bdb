/** A change that is not forced to the disk yet: bytes at a place, or another length. */
type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number }

/** Draws a whole number from 0 up to, not including, the given one. */
export type Draw = (below: number) => number

/** A file of a disk in memory: what is in it, and what of that a power loss would leave. */
export class MemoryFile {
  bytes: Buffer
  modifiedAtMs = Date.now()
  #lasting: Buffer
  #changes: Change[] = []

  /** With bytes that are on the disk already. */
  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.bytes = bytes
    this.#lasting = bytes
  }

  change(change: Change): void {
    this.bytes = applied(this.bytes, change)
    this.#changes.push(change)
    this.modifiedAtMs = Date.now()
  }

  /** Begins to force to the disk what was changed until now; that is so once the returned function was called. */
  beginSync(): () => void {
    const changes = [...this.#changes]
    return () => {
      this.#lasting = changes.filter(change => this.#changes.includes(change)).reduce(applied, this.#lasting)
      this.#changes = this.#changes.filter(change => !changes.includes(change))
    }
  }

  /** What a power loss leaves: of what was not forced to the disk a beginning or any part, whole or torn or as zeros, or nothing. */
  afterPowerLoss(draw: Draw): Buffer {
    const kept = draw(3) === 0 ? this.#anyOf(draw) : this.#beginningOf(draw)
    return kept.reduce(applied, this.#lasting)
  }

  #beginningOf(draw: Draw): Change[] {
    const whole = draw(this.#changes.length + 1)
    const next = this.#changes[whole]
    return [...this.#changes.slice(0, whole), ...(next === undefined ? [] : [torn(next, draw)])]
  }

  #anyOf(draw: Draw): Change[] {
    return this.#changes.flatMap(change => [[], [change], [torn(change, draw)], [zeroed(change)]][draw(4)] as Change[])
  }
}

function applied(bytes: Buffer, change: Change): Buffer {
  if ('length' in change) return Buffer.concat([bytes, Buffer.alloc(Math.max(0, change.length - bytes.length))]).subarray(0, change.length)
  const after = Buffer.alloc(Math.max(bytes.length, change.at + change.bytes.length))
  bytes.copy(after)
  change.bytes.copy(after, change.at)
  return after
}

function torn(change: Change, draw: Draw): Change {
  return 'length' in change ? change : { ...change, bytes: change.bytes.subarray(0, draw(change.bytes.length + 1)) }
}

function zeroed(change: Change): Change {
  return 'length' in change ? change : { ...change, bytes: Buffer.alloc(change.bytes.length) }
}
