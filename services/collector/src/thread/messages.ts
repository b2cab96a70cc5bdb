import type { CollectorConfig } from '../config.ts'
import type { Counts } from '../counts/counts.ts'
import type { Flow } from '../counts/dataset-flow.ts'
import type { ItemFlow } from '../counts/item-flow.ts'
import type { SilentItem, Unregistered } from '../journal/unregistered.ts'
import type { HeldDataset } from '../publish/held-datasets.ts'
import type { PublishLag } from '../publish/lag.ts'

/** What the publishing thread begins with. */
export interface ThreadOrder {
  readonly config: CollectorConfig
  readonly logLevel: string
  /** The memory of the journal's mark. */
  readonly journalMark: SharedArrayBuffer
  /** One number of 64 bits: when the thread was last at work, on the clock of `process.hrtime`, ns. */
  readonly pulse: SharedArrayBuffer
}

/** What is said to the publishing thread. */
export type ToThread =
  /** It answers with a `PublishingState` and this number. */
  | { readonly say: 'look'; readonly number: number }
  /** The venue does not send these pairs in that session. */
  | { readonly say: 'refused'; readonly session: string; readonly pairs: Unregistered }
  /** It publishes what the journal holds by now, if Kafka takes it within the time, and ends. */
  | { readonly say: 'close'; readonly drainMs: number | undefined }

/** What the publishing thread says. */
export type FromThread =
  | { readonly say: 'started' }
  | { readonly say: 'looked'; readonly number: number; readonly state: PublishingState }
  | { readonly say: 'silent'; readonly item: SilentItem; readonly session: string }
  | { readonly say: 'spoke'; readonly item: string; readonly session: string; readonly timestampUs: number }

/** What publishing shows of itself at one moment. */
export interface PublishingState {
  readonly problem: string | undefined
  readonly held: readonly HeldDataset[]
  readonly lag: PublishLag
  /** What it knew to be appended to the journal by then: `lag` counts nothing behind it. */
  readonly appended: { readonly entries: number; readonly bytes: number }
  readonly counts: CountsView
  /** As Prometheus reads them. */
  readonly metrics: string
}

/** The counts, without what counts. */
export interface CountsView
  extends Pick<
    Counts,
    | 'datasets'
    | 'gaps'
    | 'unknownFids'
    | 'unreadableFids'
    | 'deadLetters'
    | 'tolerated'
    | 'volumeResets'
    | 'missingShares'
    | 'exchangeChanges'
  > {
  readonly flow: Pick<Flow, 'session' | 'stale'>
  readonly items: Pick<ItemFlow, 'session' | 'silent' | 'items'>
}

/** What publishing shows before it was looked at. */
export const nothingYet: PublishingState = {
  problem: 'What the topics hold was not looked at yet',
  held: [],
  lag: { records: 0, bytes: 0, ageMs: 0 },
  appended: { entries: 0, bytes: 0 },
  counts: {
    datasets: new Map(),
    gaps: new Map(),
    unknownFids: new Set(),
    unreadableFids: new Set(),
    deadLetters: 0,
    tolerated: 0,
    volumeResets: 0,
    missingShares: 0,
    exchangeChanges: { fitting: 0, greater: 0, smaller: 0 },
    flow: { session: '', stale: [] },
    items: { session: '', silent: new Map(), items: [] },
  },
  metrics: '',
}

/** What the counts are now; they can be handed to another thread. */
export function viewOf(counts: Counts): CountsView {
  const { datasets, gaps, unknownFids, unreadableFids, deadLetters, tolerated, volumeResets, missingShares, exchangeChanges } = counts
  const { flow, items } = counts
  return {
    ...{ datasets, gaps, unknownFids, unreadableFids, deadLetters, tolerated, volumeResets, missingShares, exchangeChanges },
    flow: { session: flow.session, stale: flow.stale },
    items: { session: items.session, silent: items.silent, items: items.items },
  }
}
