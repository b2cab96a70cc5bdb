/** A gap as `verify` shows it; times in µs. */
interface Gap {
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly evidence: string | null
}

/** What a machine that does not let the pipeline run may bring about: an echo, an answer or a message that comes too late. */
const reasonsOfStarvation: ReadonlySet<string> = new Set(['heartbeat_missed', 'registration_unanswered', 'silent'])
/** The venue ends a session for what happened before its end. */
const beforeMs = 20_000
/** Less than this explains nothing. */
const minStarvedMs = 1_000

/** A gap that nothing but the machine explains, and for how long it did not let a process run around it, ms. */
export interface Explained<G> {
  readonly gap: G
  readonly starvedMs: number
}

/**
 * Which gaps the machine explains: those of such a reason, in whose very interval (or shortly before it) a process of the pipeline is known to have been starved.
 * Without that evidence none is.
 */
export function starvationGaps<G extends Gap>(gaps: readonly G[], starvedMs: (fromMs: number, toMs: number) => number): Explained<G>[] {
  return gaps
    .filter(({ reason }) => reasonsOfStarvation.has(reason))
    .map(gap => ({ gap, starvedMs: starvedMs(gap.from / 1_000 - beforeMs, gap.to / 1_000) }))
    .filter(explained => explained.starvedMs >= minStarvedMs)
}

/** Such a gap in a sentence. */
export function describeExplained({ gap: { reason, from, to, evidence }, starvedMs }: Explained<Gap>): string {
  const times = [from, to].map(us => new Date(us / 1_000).toISOString()).join(' to ')
  return `the machine starved the pipeline for ${starvedMs} ms, which explains the gap ${reason} from ${times} (${evidence ?? 'no evidence'})`
}
