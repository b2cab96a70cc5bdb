import { setImmediate as nextTurn } from 'node:timers/promises'

/** Short enough that an echo or a capture time that waits behind it is right to some milliseconds. */
const budgetMs = 4

/**
 * The share that a long piece of work has of the event loop. Between two pieces it asks `isOver`, and if so awaits `next`: sockets that can be read then are read
 * first. Promises alone do not do that: work that only awaits what is there already keeps every socket waiting until it ends.
 */
export class Turn {
  #sinceMs = performance.now()

  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= budgetMs
  }

  async next(): Promise<void> {
    await nextTurn()
    this.#sinceMs = performance.now()
  }
}
