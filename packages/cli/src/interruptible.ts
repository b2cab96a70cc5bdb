import { type Doing, TickhouseError } from '@tickhouse/runtime'
import { ProgressLine } from './progress.ts'
import { endAtOnceOn, stopSignals } from './stop-signals.ts'

/** How long a verb may take, and what a person has to know when it ends before it is done. */
export interface Limits {
  /** None where it is left out: for what goes on until someone ends it. */
  readonly limitMs?: number
  /** What was not done, and how to do it later; asked for when it is needed. */
  readonly undone: () => string
}

/**
 * Does the work of a verb: shows on stderr how far it is, and ends it in words on Ctrl-C or when it takes too long. A second Ctrl-C does not wait
 * for anything. Throws INTERRUPTED or TIMED_OUT.
 */
export async function interruptible<T>(limits: Limits, work: (doing: Doing) => Promise<T>): Promise<T> {
  const { stop, hurry } = stopSignals()
  const late = limits.limitMs === undefined ? new AbortController().signal : AbortSignal.timeout(limits.limitMs)
  const progress = new ProgressLine(process.stderr)
  const ended = () => interruption(progress.sentence, limits, stop.aborted)
  endAtOnceOn(hurry, () => {
    progress.end()
    return ended().message
  })
  progress.tell(() => 'Asking the servers')
  try {
    return await work({ tell: progress.tell, signal: AbortSignal.any([stop, late]) })
  } catch (error) {
    throw stop.aborted || late.aborted ? ended() : error
  } finally {
    progress.end()
  }
}

/** Does work that takes moments when the servers answer, and waits two minutes for them. */
export function withinMinutes<T>(undone: string, work: (doing: Doing) => Promise<T>): Promise<T> {
  return interruptible({ limitMs: 120_000, undone: () => undone }, work)
}

function interruption(sentence: string, { limitMs, undone }: Limits, isStopped: boolean): TickhouseError {
  const at = sentence === '' ? '' : ` while it was at: ${sentence}`
  if (isStopped) return new TickhouseError('INTERRUPTED', `Interrupted${at}. ${undone()}`)
  return new TickhouseError('TIMED_OUT', `Not done within ${limitMs! / 1000} s${at}. ${undone()}`)
}
