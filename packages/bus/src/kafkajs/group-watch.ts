/** What watching over a place in a group goes by. */
export interface GroupWatchOptions {
  readonly sessionTimeoutMs: number
  /** Hears, once, why the place is not worth waiting for any more. */
  readonly onStuck: (reason: string) => void
}

const joiningGraceMs = 5_000
const ticksInSilence = 5
const minSilenceMs = 4_000

/**
 * Watches over a member from outside, because kafkajs can lose its place without a word. When the group's coordinator goes away it announces a
 * rebalance, fails to find the next coordinator, and goes on as the member that it was: its heartbeats are accepted, and no assignment comes.
 *
 * joining → in the group ⇄ joining; from either → stuck, for good: joining takes longer than a group waits for a silent member, a heartbeat is
 * accepted while joining, or none is accepted for half a session.
 */
export class GroupWatch {
  readonly #options: GroupWatchOptions
  #joining: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined
  #silentTicks = 0

  constructor(options: GroupWatchOptions) {
    this.#options = options
    this.joins()
  }

  /** The member asks for a place, for the first time or again. */
  joins(): void {
    this.stop()
    const limitMs = this.#options.sessionTimeoutMs + joiningGraceMs
    this.#joining = setTimeout(() => this.#stuck(`no place was given within ${limitMs / 1_000} s`), limitMs)
  }

  /** The member has a place and an assignment. */
  joined(): void {
    this.stop()
    this.#silentTicks = 0
    const tickMs = silenceOf(this.#options.sessionTimeoutMs) / ticksInSilence
    this.#silence = setInterval(() => this.#tick(tickMs), tickMs)
  }

  /** The coordinator has accepted a heartbeat. */
  heartbeat(): void {
    this.#silentTicks = 0
    if (this.#joining !== undefined) this.#stuck('a heartbeat was accepted, but no assignment came')
  }

  stop(): void {
    clearTimeout(this.#joining)
    clearInterval(this.#silence)
    this.#joining = undefined
  }

  /** Counted in ticks: a process that could not run for a while is not silent for that long. */
  #tick(tickMs: number): void {
    if (++this.#silentTicks >= ticksInSilence)
      this.#stuck(`the coordinator has accepted no heartbeat for ${(ticksInSilence * tickMs) / 1_000} s`)
  }

  #stuck(reason: string): void {
    this.stop()
    this.#options.onStuck(reason)
  }
}

/** Half a session, so that others do not take the partitions before; a short session is not given up sooner than a slow network answers. */
function silenceOf(sessionTimeoutMs: number): number {
  return Math.min(0.75 * sessionTimeoutMs, Math.max(0.5 * sessionTimeoutMs, minSilenceMs))
}
