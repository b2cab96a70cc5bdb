import type { HttpAnswer } from './transport.ts'

/** What is to happen to the rows of a request after QuestDB's answer. */
export type Verdict =
  /** In the WAL: kept for good, visible soon. */
  | { readonly kind: 'stored' }
  /** This row (from 0; null: one of them, unknown which) can never be stored; none of the request's rows was. */
  | { readonly kind: 'reject'; readonly row: number | null; readonly reason: string }
  /** Too much for one request. */
  | { readonly kind: 'halve'; readonly reason: string }
  /** Nothing is wrong with the rows: the same again later. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** A person is needed: wrong credentials, a replica, a server that takes no line protocol. */
  | { readonly kind: 'stop'; readonly reason: string }

/** The verdict on an answer to POST /write; total, and anything unforeseen is tried again rather than dropped. */
export function writeVerdictOf({ status, body }: HttpAnswer): Verdict {
  switch (status) {
    case 204:
      return { kind: 'stored' }
    case 400:
      return badRequest(body)
    case 413:
      return { kind: 'halve', reason: reasonIn(body) }
    case 401:
    case 403:
    case 404:
    case 405:
    case 421:
      return { kind: 'stop', reason: `HTTP ${status}: ${reasonIn(body)}` }
    default:
      return { kind: 'retry', reason: `HTTP ${status}: ${reasonIn(body)}` }
  }
}

const blamesTheTable =
  /^error in line \d+: table: [^,;]+(; table does not exist|, column: [^;]+(; cast error from| does not exist, creating))/

/**
 * QuestDB names the first row it cannot take. When it complains about the table instead (gone, a column missing or of another
 * type), every row would meet the same fate while none is at fault: they wait until the table is mended.
 */
function badRequest(body: string): Verdict {
  const said = reasonIn(body)
  const reason = said.replace(/^error in line \d+: /, '')
  if (blamesTheTable.test(said)) return { kind: 'retry', reason }
  const line = fieldOf(body, 'line')
  return { kind: 'reject', row: typeof line === 'number' && Number.isInteger(line) && line >= 1 ? line - 1 : null, reason }
}

/** QuestDB's own sentence without its preamble, or the beginning of whatever else stood there. */
function reasonIn(body: string): string {
  const message = fieldOf(body, 'message')
  const text =
    typeof message === 'string' ? message.replace(/^failed to parse line protocol:(errors encountered on line\(s\):)?\s*/, '') : body
  return text.trim().slice(0, 500) || 'no reason given'
}

function fieldOf(body: string, name: 'line' | 'message'): unknown {
  try {
    return (JSON.parse(body) as Record<string, unknown> | null)?.[name]
  } catch {
    return undefined
  }
}
