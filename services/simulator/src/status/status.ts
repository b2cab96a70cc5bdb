import { type Registry, readMetrics } from '@tickhouse/runtime'
import type { Venue } from '@tickhouse/venue-server'
import type { Feed } from '../feed/feed.ts'
import { simulatorMetrics } from '../metrics.ts'

/** What a simulator has done so far. */
export interface SimulatorStatus {
  /** Sessions that are logged in. */
  readonly sessions: number
  /** Distinct (type, item) pairs that get frames. */
  readonly registered: number
  /** Frames made. */
  readonly frames: number
  /** Items sent, per dataset. */
  readonly sent: Readonly<Record<string, number>>
  /** No frame will follow by itself: the folder was sent, or `maxFrames` were. */
  readonly done: boolean
}

/** Reads the status. */
export function statusOf(venue: Venue, feed: Feed): SimulatorStatus {
  const sessions = [...venue.sessions]
  const pairs = new Set(sessions.flatMap(session => session.pairs.map(({ type, item }) => type + item)))
  return {
    sessions: sessions.filter(session => session.isLoggedIn).length,
    registered: pairs.size,
    frames: feed.made,
    sent: Object.fromEntries(feed.sent),
    done: feed.isDone,
  }
}

/** Lets the metrics be read from the simulator's status whenever someone asks, so that counting costs nothing. */
export function declareReadings(registry: Registry, status: () => SimulatorStatus): void {
  readMetrics(registry, simulatorMetrics, {
    sent: () => Object.entries(status().sent).map(([dataset, items]) => [{ dataset }, items] as const),
    sessions: () => status().sessions,
    registered: () => status().registered,
  })
}
