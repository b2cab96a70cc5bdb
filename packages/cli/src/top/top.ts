import { delay, isAbort } from '@tickhouse/runtime'
import type { Screen } from '../start/screen.ts'
import type { Looker } from './look.ts'
import { topView } from './top-view.ts'

const everyMs = 1000

/** Shows once a second what there is, until the signal aborts. */
export async function showLive(looker: Looker, screen: Screen, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    screen.show(topView(await looker.look(), screen.rows - 1))
    await pause(stop)
  }
  screen.leave()
}

/** What there is, from two looks a second apart: rates need both. */
export async function lookOnce(looker: Looker, stop: AbortSignal): Promise<string[]> {
  await looker.look()
  await pause(stop)
  return topView(await looker.look())
}

async function pause(stop: AbortSignal): Promise<void> {
  await delay(everyMs, stop).catch(error => {
    if (!isAbort(error)) throw error
  })
}
