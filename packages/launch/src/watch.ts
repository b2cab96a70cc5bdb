import { type Screen, type Snapshot, view } from '@tickhouse/page'
import { delay, isAbort } from '@tickhouse/runtime'

/** What is shown under the datasets, and when it ends. */
export interface WatchOptions {
  readonly screen: Screen
  readonly footer: readonly string[]
  readonly forMs: number | undefined
  readonly stop: AbortSignal
}

/** Shows a new snapshot every second, until the time is over or `stop` aborts. */
export async function watch(look: () => Promise<Snapshot>, { screen, footer, forMs, stop }: WatchOptions): Promise<void> {
  const end = forMs === undefined ? stop : AbortSignal.any([stop, AbortSignal.timeout(forMs)])
  const first = await look()
  let seen = false
  for (let snapshot = first; !end.aborted; snapshot = await look()) {
    if (!seen && rowsOf(snapshot) > rowsOf(first)) {
      seen = true
      screen.notice(`First new rows are visible ${(performance.now() / 1000).toFixed(1)} s after the start`)
    }
    screen.show([...view(snapshot, screen.rows - footer.length - 9), '', ...footer])
    await delay(1000, end).catch(ignoreAbort)
  }
  screen.leave()
}

function rowsOf({ datasets }: Snapshot): number {
  return datasets.reduce((sum, { rows }) => sum + rows, 0)
}

function ignoreAbort(error: unknown): void {
  if (!isAbort(error) && (error as Error).name !== 'TimeoutError') throw error
}
