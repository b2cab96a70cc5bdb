import { defaultOptions, type SimulatorOptions } from './config.ts'
import { FaultMaker } from './faults/fault-maker.ts'
import { type Fault, readFault } from './faults/faults.ts'
import { Feed } from './feed/feed.ts'
import { Ledger } from './feed/ledger.ts'
import { Pace } from './feed/pace.ts'
import { Market } from './market/market.ts'
import { Replay } from './market/replay.ts'
import { play } from './play.ts'
import { type SimulatorStatus, statusOf } from './status/status.ts'
import { InstrumentDesk } from './venue/instrument-desk.ts'
import type { KickCode } from './venue/messages.ts'
import { restOf } from './venue/rest.ts'
import { listen } from './venue/server.ts'
import { Venue } from './venue/venue.ts'

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
  const { host, port, rate, maxFrames, clock, tokenRequestsPerSecond } = options
  const nowMs = () => clock.nowMs()
  const source = options.framesDirectory === null ? marketOf(options) : new Replay(options.framesDirectory)
  const ledger = new Ledger({ file: options.ledgerFile, keep: options.keepLedger })
  const venue = new Venue(options, () => feed.refresh())
  const onMade = (frames: number) => trouble.play(frames)
  const feed = new Feed({ source, ledger, maxFrames, sessions: () => venue.sessions, onMade, nowMs })
  const trouble = new FaultMaker(venue, feed, options.faults)
  const status = () => statusOf(venue, feed)
  const { tokens, refusals } = venue
  const instruments = instrumentDeskOf(venue, options)
  const answered = { tokens, refusals, instruments: instruments.answer.bind(instruments) }
  const rest = restOf({ ...answered, tokenRequestsPerSecond, inject: text => injectRead(trouble, text), status, nowMs })
  const server = await listen({ host, port, rest, connected: (socket, transport) => venue.connect(socket, transport) })
  const stop = new AbortController()
  const playing = play(feed, new Pace(rate, performance.now()), stop.signal)
  return {
    url: `http://${host}:${server.port}`,
    wsUrl: `ws://${host}:${server.port}`,
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

function instrumentDeskOf(venue: Venue, { seed, rowsPerPage, limits, clock }: SimulatorOptions): InstrumentDesk {
  const { tokens, refusals, renamed } = venue
  const registered = () => [...venue.sessions].flatMap(({ pairs }) => pairs)
  const { requestsPerSecond } = limits
  return new InstrumentDesk({ tokens, refusals, renamed, registered, seed, rowsPerPage, requestsPerSecond, nowMs: () => clock.nowMs() })
}

/** Makes a fault happen that came as JSON; false where it is none. */
function injectRead(trouble: FaultMaker, value: unknown): boolean {
  const fault = readFault(value)
  if (fault !== null) trouble.inject(fault)
  return fault !== null
}
