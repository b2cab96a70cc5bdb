import { type CollectorStatus, type SinkStatus, serviceStatus } from '@tickhouse/runtime'
import { type SeenCollector, totalsOf } from '../src/observe/collectors.ts'

/** A collector that captures, with little behind it. */
export const collector: CollectorStatus = {
  ...serviceStatus('collector'),
  collector: 'collector',
  session: 's',
  state: 'live',
  connectedAt: null,
  clock: { sessionDifferenceMs: 0, venueDifferenceMs: 0 },
  feed: { state: 'flowing', pingAgeMs: null, dataAgeMs: null, stale: [] },
  pairs: { registered: 1, wanted: 1, refused: [] },
  datasets: {},
  journal: {
    position: { segment: 1, offset: 0 },
    bytes: 0,
    segments: 1,
    excessBytes: 0,
    pendingBytes: 0,
    lagRecords: 1234,
    lagBytes: 0,
    lagMs: 0,
    problem: null,
  },
  deadLetters: 1,
  gaps: 2,
  missingShares: 0,
  held: [],
  reconnects: 0,
  items: [],
  silentItems: [],
  notices: [],
  unknownFids: [],
  unreadableFids: [],
}

/** Collectors as they are seen at a look; undefined is one that does not answer and never has. */
export function seen(...statuses: readonly (CollectorStatus | undefined)[]): SeenCollector[] {
  return statuses.map((status, index) => {
    const [url, name] = [`http://collector-${index + 1}:9300`, status?.collector ?? `collector-${index + 1}:9300`]
    return { url, name, title: statuses.length === 1 ? 'collector' : `collector ${name}`, status }
  })
}

/** What a look shows of collectors. */
export function looked(...statuses: readonly (CollectorStatus | undefined)[]) {
  const collectors = seen(...statuses)
  return { collectors, collector: totalsOf(collectors) }
}

/** A sink that keeps up. */
export const sink: SinkStatus = {
  ...serviceStatus('sink'),
  datasets: {},
  heartbeat: { timestamp: null, ageMs: null },
  deadLetters: 0,
  suspended: [],
  held: [],
}
