/** pino's levels. */
export const logLevels = { info: 30, warn: 40 }

/** A line of a service's log, as a person reads it. */
export interface LogLine {
  readonly level: number
  readonly sentence: string
}

/** Reads a line: pino's JSON, or any other text, such as what Node.js says of a crash; that is for the log file. */
export function readLogLine(line: string): LogLine {
  try {
    const { level, msg, err, reason } = JSON.parse(line) as { level: number; msg: string; err?: { message?: string }; reason?: string }
    const why = err?.message ?? reason
    return { level, sentence: why === undefined ? msg : `${msg} (${why.split('\n')[0]})` }
  } catch {
    return { level: logLevels.info, sentence: line }
  }
}
