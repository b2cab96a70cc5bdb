import { isAbort } from '@tickhouse/runtime'
import { BusError, type BusErrorCode, translate } from '../errors.ts'

/** What could not be done, and why. */
interface Failure {
  /** The thing and what was not done to it. */
  readonly what: string
  readonly code: string
  readonly reason: string
}

/** Changes that do not depend on each other: one that fails is noted, and the next one is tried. */
export class Attempts {
  readonly #failures: Failure[] = []

  /** Does one of them; undefined when it failed. */
  async make<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (isAbort(error) || (error as Error).name === 'TimeoutError') throw error
      const { code = 'BUS_UNEXPECTED', message } = translate(error, 'it') as Error & { code?: string }
      this.#failures.push({ what, code, reason: message.replace(/^it failed: /, '') })
      return undefined
    }
  }

  /** Throws when something failed or was refused beforehand: under the code that all failures have, or else under `mixed`. */
  end(mixed: BusErrorCode, heading: string, refused: readonly string[] = [], details: object = {}): void {
    const failed = this.#failures
    if (failed.length + refused.length === 0) return
    const codes = [...new Set(failed.map(({ code }) => code))]
    const code = refused.length === 0 && codes.length === 1 ? (codes[0] as BusErrorCode) : mixed
    const lines = [...failed.map(({ what, reason }) => `${what}: ${reason}`), ...refused]
    throw new BusError(code, [`${heading}; everything else is done:`, ...lines.map(line => `  ${line}`)].join('\n'), { ...details, failed })
  }
}
