import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Env, Pipeline } from '../pipeline.ts'

/** The wall clock of a service that is started with this environment; the same one for all of a pipeline. */
export interface ShiftedClock {
  readonly env: Env
  /** Sets the clock; that ahead of the right time, ms. */
  set(aheadMs: number): void
}

/** A clock that is right until it is set; it takes a twentieth of a second to show. */
export function shiftedClock({ folder }: Pipeline): ShiftedClock {
  const path = join(folder, 'clock')
  const preload = pathToFileURL(join(import.meta.dirname, 'shifted-clock.mjs')).href
  return {
    env: { NODE_OPTIONS: `--import ${preload}`, SHIFTED_CLOCK_FILE: path },
    set: aheadMs => writeFileSync(path, String(aheadMs)),
  }
}
