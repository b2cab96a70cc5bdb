import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { memoryMb } from './process-cost.ts'

/** The program that users run. */
export const COMMAND = join(import.meta.dirname, '../packages/cli/src/main.ts')

const SAMPLE_MS = 50

/** What a command took until it ended. */
export interface CommandCost {
  readonly code: number | null
  readonly seconds: number
  readonly peakMb: number
}

/** Waits for a command that was started just now; `onSample` is called as often as its memory is looked at. */
export async function commandCost(child: ChildProcess, onSample = () => {}): Promise<CommandCost> {
  const startedAt = performance.now()
  let peakMb = 0
  const sampling = setInterval(() => {
    if (child.exitCode === null) peakMb = Math.max(peakMb, memoryMb(child.pid!))
    onSample()
  }, SAMPLE_MS)
  const [code] = await once(child, 'exit')
  clearInterval(sampling)
  return { code, seconds: (performance.now() - startedAt) / 1_000, peakMb }
}
