/** What an error may carry besides its code and message; anything else becomes `details`. */
export interface ErrorOptions {
  readonly retriable?: boolean
  readonly cause?: unknown
  readonly [detail: string]: unknown
}

/** The base of all our errors: a stable code, whether trying again can help, and the facts of the case. */
export class TickhouseError extends Error {
  readonly code: string
  readonly retriable: boolean
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    const { retriable = false, cause, ...details } = options
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.retriable = retriable
    this.details = details
  }
}

/** True for the rejection of something that an AbortSignal ended: an ordinary end, not a failure. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** The message of anything that was thrown, with the messages of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.message || (error as NodeJS.ErrnoException).code || error.name
  return error.cause === undefined ? own : `${own}: ${messageOf(error.cause)}`
}

/** Something that the person at the command line can mend: said as it is, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
