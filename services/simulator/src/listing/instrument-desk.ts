import type { IncomingHttpHeaders } from 'node:http'
import type { Pair } from '@tickhouse/kiwoom'
import { type Body, type Reply, RequestGate, restRefused, restTooMany, type TokenDesk } from '@tickhouse/venue-server'
import type { PendingFaults } from '../faults/pending-faults.ts'
import { listRows } from './instrument-list.ts'

/** What the desk works with. */
export interface InstrumentDeskDeps {
  readonly tokens: TokenDesk
  readonly pending: Pick<PendingFaults, 'refusalOf' | 'renamed'>
  readonly requestsPerSecond: number
  readonly seed: number
  readonly rowsPerPage: number
  /** What is registered by anyone. */
  readonly registered: () => readonly Pair[]
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
    const code = this.#deps.pending.refusalOf('list') ?? this.#problem(body, headers)
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
    const { registered, seed, pending, rowsPerPage } = this.#deps
    const rows = listRows(list, registered(), seed).flatMap(row => {
      const name = pending.renamed.get(row['code']!)
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
