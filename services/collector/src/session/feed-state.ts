/** What was heard of the venue over the open session; ages in ms, undefined for what has not come yet. */
export interface Heard {
  /** Since anything came at all. */
  readonly ageMs: number
  readonly pingAgeMs: number | undefined
  readonly dataAgeMs: number | undefined
}

/** `flowing`: data comes; `quiet`: the connection lives and no data comes, as in a closed market; `dead`: nothing comes, or nobody is logged in. */
export type FeedState = 'flowing' | 'quiet' | 'dead'

const flowingMs = 60_000
/** Past this part of KIWOOM_SILENCE even a PING is overdue: the venue sends one every 10 to 20 s. */
const deadPart = 2 / 3

/** How the feed is. A session of which not even a PING comes is about to be given up; one that is merely without data is not. */
export function feedStateOf(heard: Heard | undefined, silenceMs: number): FeedState {
  if (heard === undefined || heard.ageMs > silenceMs * deadPart) return 'dead'
  return heard.dataAgeMs !== undefined && heard.dataAgeMs <= flowingMs ? 'flowing' : 'quiet'
}
