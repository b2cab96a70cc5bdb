import { setImmediate as nextTurn } from 'node:timers/promises'
import { koreanTime, type TradingCalendar } from '@tickhouse/calendar'
import { closeContent, gapContent, type Journal, type PendingGaps, sessionHeader } from '@tickhouse/journal'
import { type ConfigOf, type Doing, delay, grouped, TickhouseError } from '@tickhouse/runtime'
import { simulatedDay } from '../market/day.ts'
import type { DaySession, daySpec } from './config.ts'
import { leftOut } from './left-out.ts'
import { pairsOf } from './pairs.ts'

/** The day that is to be written. */
export interface DayOrder extends Omit<ConfigOf<typeof daySpec>, 'directory'> {
  /** Says when the venues trade on that date. */
  readonly calendar: TradingCalendar
}

/** More than this does not wait in memory for the disk. */
const maxPendingBytes = 8 * 1024 * 1024
const framesPerTurn = 500

/**
 * Writes a day of the simulated market into a journal, as a collector that had captured it would have: its sessions with their frames, and between two of them a gap.
 * The same order gives the same bytes. What lies between two sessions was sent while the connection was lost, and is not in it. Gives the number of frames.
 */
export async function writeDay(journal: Journal, order: DayOrder, { tell, signal }: Doing): Promise<number> {
  const sessions = new Sessions(journal, order)
  let frames = 0
  tell(() => `Writing ${order.date}: ${grouped(frames)} frames, it is ${koreanTime(sessions.nowUs).slice(11, 16)} there`)
  const { date, seed, records, calendar } = order
  const market = simulatedDay({ date, pairs: pairsOf(order.symbols), seed, records, calendar })
  for (const { timeUs, bytes } of leftOut(market, order)) {
    if (!sessions.append(timeUs, bytes)) continue
    frames++
    if (frames % framesPerTurn === 0) await written(journal, signal)
  }
  sessions.end()
  await written(journal, signal, 0)
  await journal.flush()
  return frames
}

/** The sessions of a day, one after another, as time goes on. */
class Sessions {
  nowUs: number
  readonly #journal: Journal
  readonly #order: DayOrder
  #left: readonly DaySession[]
  #open: DaySession | undefined
  /** What the close of the session before says is to be written in the next one. */
  #pending: PendingGaps = {}

  constructor(journal: Journal, order: DayOrder) {
    this.#journal = journal
    this.#order = order
    this.#left = order.sessions
    this.nowUs = order.sessions[0]!.fromUs
  }

  /** Appends a frame; false where no session is open at that time. */
  append(timeUs: number, bytes: Buffer): boolean {
    this.#goOnTo(timeUs)
    this.nowUs = timeUs
    if (this.#open === undefined) return false
    this.#journal.append('frame', timeUs, bytes)
    return true
  }

  /** The day is over. */
  end(): void {
    this.#goOnTo(Number.POSITIVE_INFINITY)
  }

  #goOnTo(timeUs: number): void {
    for (;;) {
      const [next] = this.#left
      if (this.#open !== undefined && timeUs >= this.#open.toUs) this.#close(this.#open)
      else if (this.#open === undefined && next !== undefined && timeUs > next.fromUs) this.#begin(next)
      else return
    }
  }

  #begin(session: DaySession): void {
    const { session: id, fromUs: openedAtUs } = session
    const { missing } = this.#pending
    const identity = { session: id, openedAtUs, environment: 'simulator', collector: this.#order.collector }
    this.#journal.beginSession(sessionHeader(identity, this.#pending))
    this.#left = this.#left.slice(1)
    this.#open = session
    if (missing === undefined) return
    const { fromUs: from, reason, evidence } = missing
    this.#journal.append('gap', openedAtUs, gapContent({ from, to: openedAtUs, reason, evidence }))
    this.#journal.relabelSession(sessionHeader(identity, {}))
  }

  #close({ toUs }: DaySession): void {
    const isLast = this.#left.length === 0
    const [reason, evidence] = isLast
      ? ['stopped', 'the day is over']
      : ['disconnected', 'the connection was lost on purpose: a sample of a degraded day']
    this.#open = undefined
    this.#pending = { missing: { fromUs: toUs, reason, evidence } }
    this.#journal.append('close', toUs, closeContent(reason, this.#pending))
  }
}

/** Lets the journal write, and waits for it while more is in memory than may be. Throws JOURNAL_NOT_WRITTEN when the disk takes nothing. */
async function written(journal: Journal, signal: AbortSignal, maxBytes = maxPendingBytes): Promise<void> {
  await nextTurn()
  signal.throwIfAborted()
  while (journal.stats.pendingBytes > maxBytes) {
    const { problem } = journal
    if (problem !== undefined) throw new TickhouseError('JOURNAL_NOT_WRITTEN', `The disk takes no more of the journal: ${problem.code}`)
    await delay(2, signal)
  }
}
