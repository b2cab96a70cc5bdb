import { VenueError, webSocketPath } from '@tickhouse/kiwoom'
import { Countdown } from '@tickhouse/runtime'
import { WebSocket } from 'ws'
import { ReadingPace } from './reading-pace.ts'

/** How a connection ended: the reason as a code, and what shows it. */
export interface ConnectionEnd {
  readonly reason: 'disconnected' | 'silent' | 'frame_too_large' | 'stopped'
  readonly evidence: string
}

/** One open WebSocket to the venue. */
export interface Connection {
  send(text: string | Buffer): void
  /** Closes with a handshake, which the venue has a moment to answer. */
  close(): void
  readonly ended: Promise<ConnectionEnd>
}

/** How to open a connection. */
export interface ConnectionOptions {
  /** Without path, for instance `wss://api.kiwoom.com:10000`. */
  readonly url: string
  /** Called for every message, as it came. */
  readonly onMessage: (bytes: Buffer) => void
  /** A connection over which nothing at all comes for this long is dead: the venue sends a PING every 10 to 20 s. */
  readonly silenceMs: number
  /** Whether what came waits for a disk that is at work: then it is read no faster than that takes it. */
  readonly isBehind: () => boolean
  readonly signal: AbortSignal
}

/** The venue's own frames are a few KiB; more than this in one message closes the connection with 1009. */
export const maxFrameBytes = 8 * 1024 * 1024
/** A message in more parts closes the connection with 1008: each part, however small, can keep the 64 KiB in memory in which it came. */
const maxFragments = 256
/** So does one that comes in more reads of the socket: each costs some hundred bytes beside what it brings. */
const maxReads = 16_384
/** So much waits for a venue that does not take what is sent to it, such as the echo of its PINGs; more ends the connection. */
const maxUnsentBytes = 1024 * 1024
const handshakeMs = 10_000
const closeMs = 2_000

/** Opens a connection; throws `KIWOOM_UNREACHABLE`. UTF-8 is not checked here: what is not text becomes a dead letter, not a disconnect. */
export async function openConnection({ url, onMessage, silenceMs, isBehind, signal }: ConnectionOptions): Promise<Connection> {
  signal.throwIfAborted()
  const socket = new WebSocket(new URL(webSocketPath, url), {
    handshakeTimeout: handshakeMs,
    maxPayload: maxFrameBytes,
    maxFragments,
    maxBufferedChunks: maxReads,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  })
  const silence = new SilenceWatch(silenceMs, () => socket.terminate())
  // Pacing only pauses the socket between messages: none is dropped, and their order stays.
  const pace = new ReadingPace(socket, { isBehind })
  socket.on('message', bytes => {
    silence.hear()
    onMessage(bytes as Buffer)
    pace.took()
  })
  const unsent = new UnsentWatch(socket)
  socket.on('ping', () => unsent.look())
  const ended = endOf(socket, silence, unsent)
  await opened(socket, url, signal)
  silence.start()
  const send = (text: string | Buffer) => {
    socket.send(text, { binary: false })
    unsent.look()
  }
  return { ended, send, close: () => close(socket) }
}

function close(socket: WebSocket): void {
  socket.close(1000)
  setTimeout(() => socket.terminate(), closeMs).unref()
}

function opened(socket: WebSocket, url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.terminate()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('open', () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    socket.once('error', cause => {
      signal.removeEventListener('abort', abort)
      reject(new VenueError('KIWOOM_UNREACHABLE', `No connection to ${url}`, { cause }))
    })
  })
}

function endOf(socket: WebSocket, silence: SilenceWatch, unsent: UnsentWatch): Promise<ConnectionEnd> {
  return new Promise(resolve => {
    let failure: (Error & { code?: string }) | undefined
    socket.on('error', error => {
      failure = error
    })
    socket.once('close', (code, reason) => {
      silence.stop()
      resolve(silence.isSilent ? silence.end : (unsent.end ?? describe(code, reason.toString('utf8'), failure)))
    })
  })
}

function describe(code: number, text: string, failure: (Error & { code?: string }) | undefined): ConnectionEnd {
  const reason = tooLarge.has(failure?.code) ? 'frame_too_large' : 'disconnected'
  const evidence = [`close code ${code}`, text, failure?.message].filter(part => part !== undefined && part !== '').join(', ')
  return { reason, evidence }
}

const tooLarge: ReadonlySet<unknown> = new Set(['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_TOO_MANY_BUFFERED_PARTS'])

/** Ends a connection whose other side does not read: what is sent to it would gather here without an end. */
class UnsentWatch {
  end: ConnectionEnd | undefined
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  look(): void {
    const { bufferedAmount } = this.#socket
    if (bufferedAmount <= maxUnsentBytes) return
    this.end ??= { reason: 'disconnected', evidence: `the venue did not take ${bufferedAmount} bytes that were sent to it` }
    this.#socket.terminate()
  }
}

/** Notices that nothing comes any more. */
class SilenceWatch {
  isSilent = false
  readonly #silenceMs: number
  readonly #onSilence: () => void
  #countdown: Countdown | undefined

  constructor(silenceMs: number, onSilence: () => void) {
    this.#silenceMs = silenceMs
    this.#onSilence = onSilence
  }

  get end(): ConnectionEnd {
    return { reason: 'silent', evidence: `nothing came for ${this.#silenceMs} ms, not even a PING` }
  }

  start(): void {
    this.#countdown = new Countdown(this.#silenceMs, () => {
      this.isSilent = true
      this.#onSilence()
    })
  }

  hear(): void {
    this.#countdown?.restart()
  }

  stop(): void {
    this.#countdown?.stop()
  }
}
