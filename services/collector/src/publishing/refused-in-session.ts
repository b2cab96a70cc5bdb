import type { Unregistered } from '../unregistered.ts'

/** What the venue has refused in the newest session of which that was told. */
export class RefusedInSession {
  #session = ''
  #pairs: Unregistered[] = []

  /** The pairs were refused in that session; sessions rise. */
  add(session: string, pairs: Unregistered): void {
    if (session !== this.#session) this.#pairs = []
    this.#session = session
    this.#pairs.push(pairs)
  }

  /** What was refused in that session. */
  of(session: string): readonly Unregistered[] {
    return session === this.#session ? this.#pairs : []
  }
}
