/** Lets any number of waiters know that something happened; who asks with an old count is answered at once, so no wake-up is lost. */
export class Wakeup {
  #count = 0
  #waiters: (() => void)[] = []

  get count(): number {
    return this.#count
  }

  /** Wakes all who wait. */
  notify(): void {
    this.#count += 1
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  /** Resolves once `notify` was called after the moment when `count` was `seen`. */
  after(seen: number): Promise<void> {
    if (this.#count !== seen) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiters.push(resolve)
    })
  }
}
