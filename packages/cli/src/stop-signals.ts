import { complain } from './output.ts'

/** npm passes on the signal that a terminal sends to both of us: the same Ctrl-C arrives twice. */
const sameKeypressMs = 1000

/** The first signal ends a run in good order, the next at once; a closed terminal or pipe, and the end of an npm that runs us, are as good as the first. */
export function stopSignals(): { stop: AbortSignal; hurry: AbortSignal } {
  const [stop, hurry] = [new AbortController(), new AbortController()]
  let firstAtMs = Number.POSITIVE_INFINITY
  const onSignal = () => {
    if (stop.signal.aborted && performance.now() - firstAtMs > sameKeypressMs) hurry.abort()
    firstAtMs = Math.min(firstAtMs, performance.now())
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop.abort())
  if (process.env['npm_lifecycle_event'] !== undefined) whenParentEnds(() => stop.abort())
  return { stop: stop.signal, hurry: hurry.signal }
}

/** The second signal ends the process at once, with its last words on stderr and exit code 1. */
export function endAtOnceOn(hurry: AbortSignal, lastWords: () => string): void {
  hurry.addEventListener('abort', () => {
    complain(lastWords())
    process.exit(1)
  })
}

function whenParentEnds(then: () => void): void {
  const { ppid } = process
  const timer = setInterval(() => {
    if (process.ppid === ppid) return
    clearInterval(timer)
    then()
  }, 500)
  timer.unref()
}
