import type { Env } from '@tickhouse/runtime'

/** What `tickhouse start` was asked for. */
export interface StartOptions {
  /** Stops by itself after so long; undefined runs until it is told to stop. */
  readonly forMs: number | undefined
  /** Begins without the data of former runs. */
  readonly fresh: boolean
  /** The simulator sends the frames of this folder once, instead of a made-up market. */
  readonly framesDirectory: string | undefined
  /** Frames per second of the simulator. */
  readonly rate: number | undefined
  readonly seed: number | undefined
  /** The data folder, absolute. */
  readonly data: string
  /** Servers as containers, even where Java is there. */
  readonly docker: boolean
  readonly env: Env
}

/** Whether the venue is simulated here, rather than Kiwoom's own mock or production server. */
export function isSimulated({ env }: Pick<StartOptions, 'env'>): boolean {
  return !['mock', 'production'].includes(env['KIWOOM_ENV'] ?? '')
}
