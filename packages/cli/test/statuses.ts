import { type CollectorStatus, type SinkStatus, serviceStatus } from '@tickhouse/runtime'

/** A collector that captures, with little behind it. */
export const collector: CollectorStatus = {
  ...serviceStatus('collector'),
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
/** A sink that keeps up. */
export const sink: SinkStatus = {
  ...serviceStatus('sink'),
  datasets: {},
  heartbeat: { timestamp: null, ageMs: null },
  deadLetters: 0,
  suspended: [],
  held: [],
}
