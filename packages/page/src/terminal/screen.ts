import { visible, visibleLines } from '@tickhouse/runtime'

/** The part of a stream that a screen needs. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly rows?: number
  readonly columns?: number
  write(text: string): unknown
}

/** How often a snapshot is shown where it cannot be redrawn. */
const plainEveryMs = 10_000

/** Shows a block of lines that changes in place on a terminal, and every ten seconds anew elsewhere; notices go above it, to stderr. */
export class Screen {
  readonly #out: Terminal
  readonly #notices: Terminal
  readonly #nowMs: () => number
  #height = 0
  #shownAtMs = Number.NEGATIVE_INFINITY
  #block: readonly string[] = []

  constructor(out: Terminal, notices: Terminal, nowMs: () => number = () => performance.now()) {
    this.#out = out
    this.#notices = notices
    this.#nowMs = nowMs
  }

  /** Lines that fit, so that a redraw finds its way back. */
  get rows(): number {
    return this.#out.isTTY ? (this.#out.rows ?? 24) : Number.POSITIVE_INFINITY
  }

  /** Shows the block; elsewhere than on a terminal only when it is time. */
  show(lines: readonly string[]): void {
    if (this.#out.isTTY) this.#redraw(lines)
    else if (this.#nowMs() - this.#shownAtMs >= plainEveryMs) {
      this.#shownAtMs = this.#nowMs()
      this.#out.write(`${lines.map(visible).join('\n')}\n\n`)
    }
  }

  /** Says a sentence above the block. */
  notice(sentence: string): void {
    const block = this.#block
    this.#erase()
    this.#notices.write(`${visibleLines(sentence)}\n`)
    if (block.length > 0) this.#redraw(block)
  }

  /** Leaves the block where it is; what follows goes below it. */
  leave(): void {
    this.#height = 0
    this.#block = []
  }

  #redraw(lines: readonly string[]): void {
    this.#erase()
    const width = this.#out.columns ?? 80
    const fitting = lines.map(visible).map(line => (line.length > width ? line.slice(0, width - 1) : line))
    this.#out.write(`${fitting.join('\n')}\n`)
    this.#height = fitting.length
    this.#block = lines
  }

  #erase(): void {
    if (this.#height > 0) this.#out.write(`\x1b[${this.#height}A\x1b[J`)
    this.#height = 0
  }
}
