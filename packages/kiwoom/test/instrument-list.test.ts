import { describe, expect, test } from 'vitest'
import { askForInstruments, type InstrumentListOptions, instrumentPath, VenueError, venueLists } from '../src/index.ts'
import { type Reply, type VenueRest, venueRest } from './venue-rest.ts'

const samsung = {
  ...{ code: '005930', name: '삼성전자', listCount: '0000005919637922', auditInfo: '정상', regDay: '19750611', lastPrice: '00269000' },
  ...{ state: '증거금20%|담보대출|신용가능', marketCode: '0', marketName: '거래소', upName: '전기/전자', upSizeName: '대형주' },
  ...{ companyClassName: '', orderWarning: '0', nxtEnable: 'Y', kind: 'A' },
}
const named = (code: string, more: object = {}) => ({ ...samsung, code, name: `종목${code}`, ...more })
const page = (list: unknown, next = ''): Reply => ({
  json: { list, return_code: 0, return_msg: '정상적으로 처리되었습니다' },
  headers: { 'cont-yn': next === '' ? 'N' : 'Y', 'next-key': next },
})
const refused = (text: string, status = 200): Reply => ({ status, json: { return_code: status === 429 ? 5 : 3, return_msg: text } })
const tooFast = refused('[1700:허용된 API 요청 개수를 초과하였습니다. 유량=5, API ID=ka10099]', 429)
/** Only the list of KOSPI has something. */
const ofKospi = (rows: unknown) => (list: unknown) => page(list === '0' ? rows : null)

function tokens() {
  const refusedTokens: string[] = []
  let number = 1
  const invalidate = (token: string) => {
    refusedTokens.push(token)
    number++
  }
  return { refusedTokens, token: async () => `T${number}`, invalidate: (token?: string) => invalidate(token!) }
}

function ask({ url }: VenueRest, options: Partial<InstrumentListOptions> = {}) {
  const signal = AbortSignal.timeout(20_000)
  return askForInstruments({ restUrl: url, tokens: tokens(), requestsPerSecond: 10_000, signal, attempts: 3, ...options })
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('Expected an error'),
    error => error,
  )
}

describe('the list of instruments', () => {
  test('is asked for as the document shows: each list by its code, with the token and the id of the request', async () => {
    const headers: unknown[] = []
    await using venue = await venueRest(({ body }, _, { 'api-id': id, authorization, 'cont-yn': more }) => {
      headers.push([id, authorization, more])
      return ofKospi([samsung])(body['mrkt_tp'])
    })
    await ask(venue)
    expect(venue.received).toEqual(venueLists.map(({ code }) => ({ path: instrumentPath, body: { mrkt_tp: code } })))
    expect(headers).toEqual(venueLists.map(() => ['ka10099', 'Bearer T1', undefined]))
  })

  test('gives each symbol once, with the market of the list and the kind of the row', async () => {
    const lists: Record<string, unknown[]> = {
      0: [
        samsung,
        named('069500', { marketCode: '8', nxtEnable: 'N' }),
        named('500061', { marketCode: '60' }),
        named('088260', { marketCode: '6' }),
      ],
      10: [named('247540', { marketCode: '10' })],
      8: [named('069500', { marketCode: '8', name: 'again' })],
      3: [named('57JBHH', { marketCode: '3' })],
      80: [named('M04020000', { marketCode: '80', listCount: '' })],
    }
    await using venue = await venueRest(({ body }) => page(lists[body['mrkt_tp'] as string] ?? []))
    const { instruments, unreadable, missing } = await ask(venue)
    expect(instruments.map(({ symbol, market, kind }) => [symbol, market, kind])).toEqual([
      ['005930', 'KOSPI', 'stock'],
      ['069500', 'KOSPI', 'etf'],
      ['500061', 'KOSPI', 'etn'],
      ['088260', 'KOSPI', 'reit'],
      ['247540', 'KOSDAQ', 'stock'],
      ['M04020000', 'KRX gold', 'gold'],
      ['57JBHH', 'KOSPI', 'elw'],
    ])
    expect(instruments[0]).toEqual({
      ...{ symbol: '005930', name: '삼성전자', market: 'KOSPI', kind: 'stock', listed_shares: 5_919_637_922, listed_on: '1975-06-11' },
      ...{ nxt: 'Y', industry: '전기/전자', audit: '정상', state: '증거금20%|담보대출|신용가능', order_warning: '0' },
    })
    expect([unreadable, missing]).toEqual([0, []])
  })

  test('is read page by page, with the key that the page before gave', async () => {
    const keys: unknown[] = []
    await using venue = await venueRest(({ body }, _, { 'cont-yn': more, 'next-key': key }) => {
      if (body['mrkt_tp'] !== '0') return page(null)
      keys.push([more, key])
      const next = { A: 'B', B: '' }[key as string] ?? 'A'
      return page([named(`00000${keys.length}`)], next)
    })
    const { instruments } = await ask(venue)
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['000001', '000002', '000003'])
    expect(keys).toEqual([
      [undefined, undefined],
      ['Y', 'A'],
      ['Y', 'B'],
    ])
  })

  test.each([
    ['no key', '', 'found none'],
    ['the same key again', 'A', 'found one that it had before'],
  ])('that says that more follows with %s is missing instead of being read for ever', async (_, key, says) => {
    await using venue = await venueRest(({ body }) => {
      if (body['mrkt_tp'] === '10') return page([named('247540')])
      if (body['mrkt_tp'] !== '0') return page(null)
      return { ...(page([samsung]) as object), headers: { 'cont-yn': 'Y', 'next-key': key } }
    })
    const { instruments, missing } = await ask(venue)
    expect(missing).toMatchObject([{ code: '0', error: { code: 'KIWOOM_ANSWER_UNREADABLE', message: expect.stringContaining(says) } }])
    expect(instruments.map(({ symbol }) => symbol)).toContain('247540')
  })

  test('leaves out what has no code, and leaves empty what cannot be read', async () => {
    const odd = named('000660', {
      name: ' \u0000',
      listCount: '12,000',
      regDay: '20261399',
      nxtEnable: '',
      state: 7,
      auditInfo: null,
      orderWarning: undefined,
    })
    await using venue = await venueRest(({ body }) =>
      ofKospi([samsung, { name: 'without' }, null, 'text', named('a b'), named('A005930', { name: 'the same' }), odd])(body['mrkt_tp']),
    )
    const { instruments, unreadable } = await ask(venue)
    expect(unreadable).toBe(4)
    expect(instruments.map(({ symbol, name }) => [symbol, name])).toEqual([
      ['005930', '삼성전자'],
      ['000660', null],
    ])
    expect(instruments[1]).toMatchObject({ listed_shares: null, listed_on: null, nxt: null, state: null, audit: null, order_warning: null })
  })
})

describe('the venue that does not give a list', () => {
  test('because it has none of that name, gives the others', async () => {
    await using venue = await venueRest(({ body }) =>
      body['mrkt_tp'] === '30' ? refused('[1901:시장 코드값이 존재하지 않습니다]') : ofKospi([samsung])(body['mrkt_tp']),
    )
    const { instruments, missing } = await ask(venue)
    expect(instruments).toHaveLength(1)
    expect(missing).toMatchObject([{ code: '30', error: { code: 'KIWOOM_REQUEST_REFUSED' } }])
  })

  test('because it was asked too fast, is asked again after a pause', async () => {
    await using venue = await venueRest(({ body }, number) => (number < 3 ? tooFast : ofKospi([samsung])(body['mrkt_tp'])))
    expect((await ask(venue)).instruments).toHaveLength(1)
    expect(venue.received).toHaveLength(venueLists.length + 2)
  })

  test('for being asked too fast for ever ends as an error that can be retried', async () => {
    await using venue = await venueRest(() => tooFast)
    expect(await errorOf(ask(venue))).toMatchObject({ code: 'KIWOOM_RATE_LIMITED', retriable: true })
    expect(venue.received).toHaveLength(3)
  })

  test('because it does not take the token any more, is asked with another one, once', async () => {
    const own = tokens()
    await using venue = await venueRest(({ body }, _, { authorization }) =>
      authorization === 'Bearer T1' ? refused('인증에 실패했습니다[8005:Token이 유효하지 않습니다]') : ofKospi([samsung])(body['mrkt_tp']),
    )
    expect((await ask(venue, { tokens: own })).instruments).toHaveLength(1)
    expect(own.refusedTokens).toEqual(['T1'])
    await using strict = await venueRest(() => refused('[8005:Token이 유효하지 않습니다]'))
    expect(await errorOf(ask(strict))).toMatchObject({ code: 'KIWOOM_TOKEN_REFUSED' })
    expect(strict.received).toHaveLength(2)
  })

  test('at all is an error, and an empty list is no list', async () => {
    await using empty = await venueRest(() => page([]))
    expect(await errorOf(ask(empty))).toMatchObject({ code: 'KIWOOM_ANSWER_UNREADABLE', message: expect.stringContaining('found none') })
    await using broken = await venueRest(() => ({ status: 502, text: '<html>' }))
    expect(await errorOf(ask(broken))).toMatchObject({ code: 'KIWOOM_ANSWER_UNREADABLE' })
    await using odd = await venueRest(() => page('text'))
    expect(await errorOf(ask(odd))).toMatchObject({ message: 'Expected an array of instruments in list 0 of the venue, found string' })
  })

  test('names no token, even where the venue repeats it', async () => {
    await using venue = await venueRest(() => refused('[1516: T1]'))
    const error = (await errorOf(ask(venue))) as VenueError
    expect(error).toBeInstanceOf(VenueError)
    expect(JSON.stringify({ ...error, text: error.stack })).not.toContain('T1')
  })

  test('is left alone when the caller gives up', async () => {
    const stop = new AbortController()
    await using venue = await venueRest(() => {
      stop.abort(new Error('gave up'))
      return 'hang'
    })
    await expect(ask(venue, { signal: stop.signal })).rejects.toThrow('gave up')
  })
})

test('the venue is asked no faster than it allows', async () => {
  const times: number[] = []
  await using venue = await venueRest(({ body }) => {
    times.push(performance.now())
    return ofKospi([samsung])(body['mrkt_tp'])
  })
  await ask(venue, { requestsPerSecond: 50 })
  const pauses = times.slice(1).map((time, index) => time - times[index]!)
  // The mean: a single request may be held up, and the next one then comes sooner after it.
  expect(pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length).toBeGreaterThan(18)
})
