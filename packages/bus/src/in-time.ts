import { Countdown, untilAborted } from '@tickhouse/runtime'
import { KafkaSilence } from './errors.ts'

/** Longer than kafkajs takes for a request, with a connection to be made anew for it. */
const answerMs = 60_000

/**
 * Waits for an answer, but no longer than `ms`: then rejects as for a request that nobody answered, or with what `failure` makes of that, and
 * the work goes on unseen. An answer that lies in the socket, because this process was held up, still counts. kafkajs bounds each request, not what it does around them: it repeats some of them twenty times without a word.
 */
export async function inTime<T>(work: Promise<T>, ms = answerMs, failure: (silence: Error) => Error = silence => silence): Promise<T> {
  const late = new AbortController()
  const silence = () => new KafkaSilence(`No answer from Kafka for ${ms / 1_000} s`)
  const countdown = new Countdown(ms, () => late.abort(failure(silence())))
  try {
    return await untilAborted(work, late.signal)
  } finally {
    countdown.stop()
  }
}

/** Waits for the work, but not for long: for closing connections whose other side may not answer any more. */
export async function forMoment(work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, momentMs)
  await Promise.race([work.catch(() => {}), promise])
  clearTimeout(timer)
}

const momentMs = 3_000
