import type { PageState } from '../src/state/page-state.ts'

/** A pipeline in which nothing is wrong. */
export function stateOf(more: Partial<PageState> = {}): PageState {
  const names = ['venue', 'collector', 'journal', 'kafka', 'sink', 'questdb'] as const
  const atMs = more.atMs ?? Date.now()
  return {
    atMs,
    environment: 'simulator',
    stages: names.map(name => ({ name, condition: 'good', word: 'ready', note: '' })),
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

/** The same of a fleet in which one of two collectors does not answer. */
export function fleetOf(more: Partial<PageState> = {}): PageState {
  const one = stateOf(more)
  const session = one.sessions[0]!
  const nobodyKnows = { session: null, perSecond: null, waiting: null, journalBytes: null, gaps: null }
  return {
    ...one,
    stages: one.stages.map(stage =>
      stage.name === 'collector' ? { ...stage, condition: 'bad', word: 'no answer', note: 'collector-2' } : stage,
    ),
    collectors: [
      {
        ...{ collector: 'collector-1', condition: 'good', word: 'ready', session: 'live' },
        ...{ perSecond: 53, waiting: 4, journalBytes: 1_234_567, gaps: 2 },
      },
      { collector: 'collector-2', condition: 'bad', word: 'no answer', ...nobodyKnows },
    ],
    sessions: [
      { ...session, collector: 'collector-1' },
      { ...session, session: '1m82rkexabcd', collector: 'collector-2', fromMs: session.fromMs - 120_000 },
    ],
    problems: [
      {
        about: 'collector collector-2',
        condition: 'bad',
        problem: 'The collector collector-2 (http://collector-2:9300) does not answer: nothing of its items is captured',
        remedy: 'docker compose up --detach collector-2',
      },
    ],
    ...more,
  }
}
