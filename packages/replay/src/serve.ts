import { koreanTime } from '@tickhouse/calendar'
import { counted, type Doing, isPortTaken, UsageError } from '@tickhouse/runtime'
import { serveVenue, usualVenue, Venue, type VenueOptions, type VenueServer } from '@tickhouse/venue-server'
import { Audience } from './audience.ts'
import { eventsOf, requireFrames } from './events.ts'
import { playBack } from './play-back.ts'
import { ReplayClock, type ReplayTime } from './replay-clock.ts'
import type { Selection } from './selection.ts'

/** How a selection is served. */
export interface ServeOptions {
  /** On loopback; 0 takes a free one. */
  readonly port: number
  /** 1 is the original one, Infinity waits for nothing. */
  readonly speed: number
  /** Begins again at the end, on the same connections. */
  readonly isLooped?: boolean
  /** Leaves out the time between two sessions, and the end of the connection. */
  readonly skipsGaps?: boolean
  readonly time?: ReplayTime
  /** How the venue behaves besides; it takes any key pair. */
  readonly venue?: Partial<VenueOptions>
}

/** A replay that clients can reach. */
export interface ServedReplay {
  /** For `KIWOOM_REST_URL`. */
  readonly url: string
  /** For `KIWOOM_WS_URL`; without the path. */
  readonly wsUrl: string
  /** Frames that somebody got so far. */
  readonly sent: number
  /** Connections that have registered something. */
  readonly listeners: number
  /** Resolves when the last frame was sent and every connection was ended; of a loop, when the signal aborts. Rejects with the signal otherwise, and where the journal cannot be read. */
  readonly over: Promise<void>
  close(): Promise<void>
}

const host = '127.0.0.1'

/** Serves the frames of a selection in the venue's protocol. Time begins with the first registration. Throws UsageError where there is no frame, or the port is taken. */
export async function serveReplay(
  selection: Selection,
  { port, speed, isLooped = false, skipsGaps = false, time, venue: behaviour }: ServeOptions,
  { tell, signal }: Doing,
): Promise<ServedReplay> {
  await requireFrames(selection, signal)
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  const venue: Venue = new Venue({ ...usualVenue, credentials: 'any', ...behaviour }, () => audience.refresh())
  const audience = new Audience(venue, until)
  const server = await listening(venue, port)
  const clock = new ReplayClock(speed, time)
  tell(() => progress(audience))
  const once = () => playBack(eventsOf(selection, until), { clock, audience, skipsGaps }, until)
  const playing = async () => {
    try {
      await once()
      while (isLooped && !until.aborted) {
        // Retention may have removed them by now.
        await requireFrames(selection, until)
        await once()
      }
    } catch (error) {
      // A loop has no other end.
      if (!isLooped || !until.aborted) throw error
    }
    if (!isLooped) until.throwIfAborted()
    await audience.leave()
  }
  const over = playing()
  over.catch(() => {})
  const close = async () => {
    stop.abort()
    await over.catch(() => {})
    await server.close()
  }
  return {
    url: server.url,
    wsUrl: server.wsUrl,
    over,
    close,
    get sent() {
      return audience.sent
    },
    get listeners() {
      return audience.size
    },
  }
}

async function listening(venue: Venue, port: number): Promise<VenueServer> {
  try {
    return await serveVenue(venue, { host, port })
  } catch (error) {
    if (!isPortTaken(error)) throw error
    throw new UsageError(`Port ${port} of ${host} is in use. Name another one with --port, or 0 for any that is free.`)
  }
}

function progress({ size, sent, atUs }: Audience): string {
  const to = `${counted(sent, 'frame')} sent to ${counted(size, 'connection')}`
  if (atUs > 0) return `${to}, it is ${koreanTime(atUs).slice(0, 19).replace('T', ' ')} there`
  return 'Waiting for the first registration'
}
