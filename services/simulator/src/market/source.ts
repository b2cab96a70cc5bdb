import type { Pair } from '@tickhouse/kiwoom'

export type { Pair }

/** One item of a frame; `values` is a JSON object on one line, without spaces. */
export interface SourceItem {
  readonly type: string
  readonly item: string
  readonly values: string
}

/** A frame that is ready to be sent; `pair` says who gets it, null means everyone. */
export interface SourceFrame {
  readonly pair: Pair | null
  readonly items: readonly SourceItem[]
  readonly bytes: Buffer
}

/** Where frames come from: the market or a folder. */
export interface FrameSource {
  /** Tells what is registered now, by anyone. */
  register(pairs: readonly Pair[]): void
  /** The next frame, or null where there is none for what is registered. */
  next(nowMs: number): SourceFrame | null
  /** True where there will never be another. */
  readonly isExhausted: boolean
}
