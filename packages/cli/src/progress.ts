import { type Tell, visible } from '@tickhouse/runtime'

/** The part of a stream that a line needs. */
interface Out {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** What is done sooner after the start of the process needs no words. */
const firstMs = 1_000
const terminalMs = 250
const plainMs = 3_000

/** Shows how far long work is: one line that changes on a terminal, a line every three seconds elsewhere. Data go to stdout, so this is for stderr. */
export class ProgressLine {
  readonly #out: Out
  readonly #nowMs: () => number
  #sentence: (() => string) | undefined
  #timer: NodeJS.Timeout | undefined
  #sinceMs = 0
  #shownAtMs = Number.NEGATIVE_INFINITY

  /** `nowMs` is the time since the start of the process. */
  constructor(out: Out, nowMs: () => number = () => performance.now()) {
    this.#out = out
    this.#nowMs = nowMs
  }

  readonly tell: Tell = sentence => {
    this.#sentence = sentence
    if (this.#timer !== undefined) return
    this.#sinceMs = this.#nowMs()
    this.#timer = setInterval(() => this.#show(), terminalMs)
    this.#timer.unref()
  }

  /** What is being done, as it would be shown now; empty before anything was told. */
  get sentence(): string {
    return this.#sentence?.() ?? ''
  }

  /** Takes the line away from a terminal; nothing more is shown until something is told again. */
  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (this.#out.isTTY && this.#shownAtMs > 0) this.#out.write(`\r${clearLine}`)
    this.#shownAtMs = Number.NEGATIVE_INFINITY
  }

  #show(): void {
    const nowMs = this.#nowMs()
    if (nowMs < firstMs || (!this.#out.isTTY && nowMs - this.#shownAtMs < plainMs)) return
    this.#shownAtMs = nowMs
    const text = `${visible(this.sentence)} … ${Math.round((nowMs - this.#sinceMs) / 1000)} s`
    this.#out.write(this.#out.isTTY ? `\r${cut(text, (this.#out.columns ?? 80) - 1)}${clearLine}` : `${text}\n`)
  }
}

const clearLine = '\x1b[K'

function cut(text: string, width: number): string {
  return text.length > width ? text.slice(0, width) : text
}
