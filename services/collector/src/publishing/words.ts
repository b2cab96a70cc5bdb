import type { CollectorConfig } from '../config.ts'
import type { Flow } from '../flow.ts'
import type { HeldDataset } from '../held-datasets.ts'
import type { ItemFlow, SilentItem } from '../item-flow.ts'
import type { PublishLag } from '../lag.ts'
import type { Tally } from '../tally.ts'
import type { Unregistered } from '../unregistered.ts'

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
  readonly tally: TallyView
  /** As Prometheus reads them. */
  readonly metrics: string
}

/** The counts of a tally, without what counts. */
export interface TallyView
  extends Pick<
    Tally,
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

/** What a tally shows now; it can be handed to another thread. */
export function viewOf(tally: Tally): TallyView {
  const { datasets, gaps, unknownFids, unreadableFids, deadLetters, tolerated, volumeResets, missingShares, exchangeChanges } = tally
  const { flow, items } = tally
  return {
    ...{ datasets, gaps, unknownFids, unreadableFids, deadLetters, tolerated, volumeResets, missingShares, exchangeChanges },
    flow: { session: flow.session, stale: flow.stale },
    items: { session: items.session, silent: items.silent, items: items.items },
  }
}
