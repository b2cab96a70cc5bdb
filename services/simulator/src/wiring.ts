import { instrumentPath } from '@tickhouse/kiwoom'
import { type KickCode, type Routes, restAccepted, serveVenue, Venue } from '@tickhouse/venue-server'
import { defaultOptions, type SimulatorOptions } from './config.ts'
import { FaultMaker } from './faults/fault-maker.ts'
import { type Fault, readFault } from './faults/faults.ts'
import { PendingFaults } from './faults/pending-faults.ts'
import { Feed } from './feed/feed.ts'
import { Ledger } from './feed/ledger.ts'
import { Pace } from './feed/pace.ts'
import { InstrumentDesk } from './listing/instrument-desk.ts'
import { FramesFolder } from './market/frames-folder.ts'
import { Market } from './market/market.ts'
import { play } from './play.ts'
import { type SimulatorStatus, statusOf } from './status/status.ts'

/** A running simulator. */
export interface Simulator {
  /** For `KIWOOM_REST_URL`. */
  readonly url: string
  /** For `KIWOOM_WS_URL`; without the path. */
  readonly wsUrl: string
  readonly ledger: Ledger
  status(): SimulatorStatus
  /** Makes something go wrong now. */
  inject(fault: Fault): void
  /** Hands any text to every session that is logged in. */
  send(text: string): void
  /** Tells every session why and ends it. */
  kick(code: KickCode): void
  /** Breaks every connection without a word. */
  cut(): void
  close(): Promise<void>
}

/** Starts the venue's side on a port; ready when it resolves. Throws where the port is taken or the folder cannot be read. */
export async function startSimulator(given: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const options = { ...defaultOptions, ...given }
  const { host, port, rate, maxFrames, clock } = options
  const nowMs = () => clock.nowMs()
  const source = options.framesDirectory === null ? marketOf(options) : new FramesFolder(options.framesDirectory)
  const ledger = new Ledger({ file: options.ledgerFile, keep: options.keepLedger })
  const pending = new PendingFaults()
  const venue = new Venue(options, () => feed.refresh(), pending)
  const onMade = (frames: number) => trouble.play(frames)
  const feed = new Feed({ source, ledger, maxFrames, sessions: () => venue.sessions, onMade, nowMs })
  const trouble = new FaultMaker({ venue, feed, pending }, options.faults)
  const status = () => statusOf(venue, feed)
  const instruments = instrumentDeskOf(venue, pending, options)
  const routes = { ...ownRoutes(trouble, status), [`POST ${instrumentPath}`]: instruments.answer.bind(instruments) }
  const server = await serveVenue(venue, { host, port, routes })
  const stop = new AbortController()
  const playing = play(feed, new Pace(rate, performance.now()), stop.signal)
  return {
    url: server.url,
    wsUrl: server.wsUrl,
    ledger,
    status,
    inject: fault => trouble.inject(fault),
    send: text => feed.send(text),
    kick: code => venue.kick(code),
    cut: () => venue.cut(),
    close: async () => {
      trouble.close()
      stop.abort()
      venue.cut()
      await playing
      await server.close()
      ledger.close()
    },
  }
}

/** Without a rate, a second of trading is as many frames as by default. */
function marketOf({ seed, hours, calendar, rate }: SimulatorOptions): Market {
  return new Market(seed, { hours, calendar, ...(rate > 0 && { framesPerSecond: rate }) })
}

/** Addresses beside the venue's: a `Fault` as JSON happens, and the status tells what was sent. */
function ownRoutes(trouble: FaultMaker, status: () => SimulatorStatus): Routes {
  return {
    'POST /simulator/fault': body => {
      const fault = readFault(body)
      if (fault === null) return { status: 400, body: { return_code: 2, return_msg: 'Expected a fault' } }
      trouble.inject(fault)
      return { status: 200, body: restAccepted }
    },
    'GET /simulator/status': () => ({ status: 200, body: status() }),
  }
}

function instrumentDeskOf(venue: Venue, pending: PendingFaults, { seed, rowsPerPage, limits, clock }: SimulatorOptions): InstrumentDesk {
  const registered = () => [...venue.sessions].flatMap(({ pairs }) => pairs)
  const { requestsPerSecond } = limits
  const { tokens } = venue
  return new InstrumentDesk({ tokens, pending, registered, seed, rowsPerPage, requestsPerSecond, nowMs: () => clock.nowMs() })
}
