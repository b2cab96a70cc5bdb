import type { PageState } from '../src/state.ts'

/** A pipeline in which nothing is wrong. */
export function stateOf(more: Partial<PageState> = {}): PageState {
  const names = ['venue', 'collector', 'journal', 'kafka', 'sink', 'questdb'] as const
  const atMs = more.atMs ?? Date.now()
  return {
    atMs,
    environment: 'simulator',
    stations: names.map(name => ({ name, condition: 'good', word: 'ready', note: '' })),
    flows: names.slice(1).map((to, index) => ({ from: names[index]!, to, perSecond: 53, note: '' })),
    collectors: [],
    datasets: [
      { dataset: 'trade', type: '0B', perSecond: 27, lag: 5, newestMs: atMs - 200, rows: 1664 },
      { dataset: 'order_book', type: '0D', perSecond: 18, lag: 0, newestMs: atMs - 400, rows: 361 },
      { dataset: 'feed_gap', type: '', perSecond: 0, lag: 0, newestMs: null, rows: 0 },
    ],
    freshness: { ageMs: 300, of: 'heartbeat' },
    latencyMs: 120,
    sessions: [{ session: '1m82rkex8z2g', collector: 'collector', fromMs: atMs - 60_000, toMs: null, reason: null }],
    gaps: [],
    problems: [],
    links: [],
    ...more,
  }
}
