/** Hands batches from where they come to a loop that takes them, one at a time: whoever gives one waits until the loop is done with it. */
export class Handoff<T> {
  readonly #waiting: { readonly value: T; readonly done: () => void }[] = []
  #wake: (() => void) | undefined
  #end: { readonly error?: unknown } | undefined

  /** Resolves when the loop asks for the next one, or nobody will take it any more. */
  give(value: T): Promise<void> {
    if (this.#end !== undefined) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiting.push({ value, done: resolve })
      this.#wake?.()
    })
  }

  /** Ends the loop after what it has: with an error, if there is one. */
  end(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error }
    for (const { done } of this.#waiting.splice(0)) done()
    this.#wake?.()
  }

  /** What is given, until the end. */
  async *values(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) {
        try {
          yield next.value
        } finally {
          next.done()
        }
      } else if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error
        return
      } else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}
