import type { IncomingHttpHeaders } from 'node:http'
import type { Pair } from '../market/source.ts'
import { listRows } from './instrument-list.ts'
import { restRefused, restTooMany } from './messages.ts'
import type { Refusals } from './refusals.ts'
import { RequestGate } from './request-gate.ts'
import type { Body, Reply } from './rest.ts'
import type { TokenDesk } from './token-desk.ts'

/** What the desk works with. */
export interface InstrumentDeskDeps {
  readonly tokens: TokenDesk
  readonly refusals: Refusals
  readonly requestsPerSecond: number
  readonly seed: number
  readonly rowsPerPage: number
  /** What is registered by anyone. */
  readonly registered: () => readonly Pair[]
  /** Names that the list has instead, by symbol; a symbol without one is not listed. */
  readonly renamed: ReadonlyMap<string, string | null>
  readonly nowMs: () => number
}

const apiId = 'ka10099'

/** Answers requests for the venue's list of instruments, ka10099: a page at a time, with the key of the next one in the headers. */
export class InstrumentDesk {
  readonly #deps: InstrumentDeskDeps
  readonly #gate: RequestGate

  constructor(deps: InstrumentDeskDeps) {
    this.#deps = deps
    this.#gate = new RequestGate(deps.requestsPerSecond, 1_000 / deps.requestsPerSecond)
  }

  answer(body: Body, headers: IncomingHttpHeaders): Reply {
    if (!this.#gate.passes(performance.now())) return { status: 429, body: restTooMany }
    const code = this.#deps.refusals.take('list') ?? this.#problem(body, headers)
    return code === null ? this.#page(body['mrkt_tp'] as string, headers['next-key']) : { status: 200, body: restRefused(code) }
  }

  /** What is wrong with a request, or null. */
  #problem(body: Body, { authorization = '', 'api-id': id }: IncomingHttpHeaders): number | null {
    if (id === undefined) return 1501
    if (id !== apiId) return 1504
    const [, token] = /^Bearer (\S+)$/i.exec(authorization) ?? []
    if (token === undefined) return authorization === '' ? 1513 : 1514
    if (this.#deps.tokens.ownerOf(token, this.#deps.nowMs()) === null) return 8005
    return typeof body['mrkt_tp'] === 'string' ? null : 1511
  }

  #page(list: string, key: string | string[] | undefined): Reply {
    const { registered, seed, renamed, rowsPerPage } = this.#deps
    const rows = listRows(list, registered(), seed).flatMap(row => {
      const name = renamed.get(row['code']!)
      return name === null ? [] : [name === undefined ? row : { ...row, name }]
    })
    const from = Number(key ?? 0)
    const to = from + rowsPerPage
    const isLast = !(to < rows.length)
    const headers = { 'api-id': apiId, 'cont-yn': isLast ? 'N' : 'Y', 'next-key': isLast ? '' : String(to) }
    const page = rows.length === 0 ? null : rows.slice(from, to)
    return { status: 200, headers, body: { list: page, return_code: 0, return_msg: '정상적으로 처리되었습니다' } }
  }
}
