import { messageOf } from '@tickhouse/runtime'
import { describe, expect, test } from 'vitest'
import { koreanTimeText, koreanTimeToMs, TokenClient, type TokenClientOptions, VenueError } from '../src/index.ts'
import { control } from './fixtures.ts'
import { type Reply, venueRest } from './venue-rest.ts'

const HOUR_MS = 3_600_000
const start = Date.UTC(2026, 8, 10, 14, 33, 35)
const issued = (token: string, expiresAtMs: number): Reply => ({
  json: { ...control('TOKEN-res'), token, expires_dt: koreanTimeText(expiresAtMs) },
})
const refused = (text: string, status = 200): Reply => ({ status, json: { return_code: status === 429 ? 5 : 3, return_msg: text } })

/** A client with a clock of its own, which the test moves. */
function clientFor(restUrl: string, options: Partial<TokenClientOptions> = {}) {
  const time = { nowMs: start }
  const clock = { nowMs: () => time.nowMs, monotonicUs: () => time.nowMs * 1000 }
  return { time, tokens: new TokenClient({ restUrl, appKey: 'APP-KEY', secretKey: 'SECRET-KEY', clock, ...options }) }
}

async function errorOf(promise: Promise<unknown>): Promise<VenueError> {
  const error = await promise.then(
    () => undefined,
    error => error,
  )
  expect(error).toBeInstanceOf(VenueError)
  return error
}

describe('the access token', () => {
  test('is asked for as the document shows, and once for all callers', async () => {
    await using venue = await venueRest((_, number) => issued(`T${number}`, start + 24 * HOUR_MS))
    const { tokens } = clientFor(venue.url)
    expect(await Promise.all([tokens.token(), tokens.token(), tokens.token()])).toEqual(['T1', 'T1', 'T1'])
    expect(await tokens.token()).toBe('T1')
    expect(venue.received).toEqual([
      { path: '/oauth2/token', body: { ...control('TOKEN-req'), appkey: 'APP-KEY', secretkey: 'SECRET-KEY' } },
    ])
  })

  test('is renewed before its end in Korean time', async () => {
    await using venue = await venueRest((_, number) => issued(`T${number}`, start + number * 24 * HOUR_MS))
    const { tokens, time } = clientFor(venue.url)
    expect(tokens.expiresAtMs).toBeUndefined()
    await tokens.token()
    expect(tokens.expiresAtMs).toBe(start + 24 * HOUR_MS)
    time.nowMs = start + 23 * HOUR_MS
    expect(await tokens.token()).toBe('T1')
    time.nowMs = start + 24 * HOUR_MS - 60_000
    expect(await tokens.token()).toBe('T2')
  })

  test.each([
    ['2 h ahead', 2 * HOUR_MS],
    ['2 h behind', -2 * HOUR_MS],
    ['in 2099', Date.UTC(2099, 0, 1) - start],
  ])('lasts as long as the venue says while our clock is %s, and after it was set', async (_, aheadMs) => {
    await using venue = await venueRest((_, number) => ({ ...(issued(`T${number}`, start + 24 * HOUR_MS) as object), dateMs: start }))
    const time = { nowMs: start + aheadMs, monotonicUs: 7_000_000 }
    const clock = { nowMs: () => time.nowMs, monotonicUs: () => time.monotonicUs }
    const { tokens } = clientFor(venue.url, { clock })
    expect(await tokens.token()).toBe('T1')
    time.nowMs = start
    time.monotonicUs += 23 * HOUR_MS * 1000
    expect(await tokens.token()).toBe('T1')
    time.monotonicUs += HOUR_MS * 1000
    expect(await tokens.token()).toBe('T2')
  })

  test('near its end is asked for once a minute while the venue hands out the same one', async () => {
    await using venue = await venueRest(() => issued('T', start + HOUR_MS))
    const { tokens, time } = clientFor(venue.url)
    await tokens.token()
    time.nowMs = start + HOUR_MS - 300_000
    for (let call = 0; call < 5; call++) expect(await tokens.token()).toBe('T')
    expect(venue.received).toHaveLength(2)
    time.nowMs += 60_000
    await tokens.token()
    expect(venue.received).toHaveLength(3)
  })

  test('goes on with the old one while a renewal fails, until that has ended', async () => {
    await using venue = await venueRest((_, number) => (number === 1 ? issued('T', start + HOUR_MS) : { status: 503, text: 'down' }))
    const { tokens, time } = clientFor(venue.url)
    await tokens.token()
    time.nowMs = start + HOUR_MS - 1_000
    expect(await tokens.token()).toBe('T')
    time.nowMs = start + HOUR_MS
    expect(await errorOf(tokens.token())).toMatchObject({ code: 'KIWOOM_ANSWER_UNREADABLE', retriable: true })
  })

  test('that the venue refused is asked for anew', async () => {
    await using venue = await venueRest((_, number) => issued(`T${number}`, start + HOUR_MS))
    const { tokens } = clientFor(venue.url)
    tokens.invalidate(await tokens.token())
    expect(await tokens.token()).toBe('T2')
    tokens.invalidate('T1')
    expect(await tokens.token()).toBe('T2')
  })

  test('that the venue refused and hands out again is revoked first', async () => {
    let current = 1
    await using venue = await venueRest(({ path }) => {
      if (path === '/oauth2/token') return issued(`T${current}`, start + HOUR_MS)
      current++
      return { json: control('REVOKE-res') }
    })
    const { tokens } = clientFor(venue.url)
    tokens.invalidate(await tokens.token())
    expect(await tokens.token()).toBe('T2')
    expect(venue.received.map(({ path }) => path)).toEqual(['/oauth2/token', '/oauth2/token', '/oauth2/revoke', '/oauth2/token'])
    expect(venue.received[2]!.body).toEqual({ ...control('REVOKE-req'), appkey: 'APP-KEY', secretkey: 'SECRET-KEY', token: 'T1' })
  })

  test('is given back on revoke', async () => {
    await using venue = await venueRest(({ path }) =>
      path === '/oauth2/token' ? issued('T', start + HOUR_MS) : { json: control('REVOKE-res') },
    )
    const { tokens } = clientFor(venue.url)
    await tokens.revoke()
    await tokens.token()
    await tokens.revoke()
    await tokens.token()
    expect(venue.received.map(({ path }) => path)).toEqual(['/oauth2/token', '/oauth2/revoke', '/oauth2/token'])
  })

  test('with an end that cannot be read serves once', async () => {
    await using venue = await venueRest((_, number) => ({ json: { ...control('TOKEN-res'), token: `T${number}`, expires_dt: 'soon' } }))
    const { tokens } = clientFor(venue.url)
    expect([await tokens.token(), await tokens.token()]).toEqual(['T1', 'T2'])
  })
})

describe('a refused token request', () => {
  test.each([
    ['인증에 실패했습니다[8001:App Key와 Secret Key 검증에 실패했습니다]', 'KIWOOM_CREDENTIALS_REFUSED', false],
    ['[8002:App Key와 Secret Key 검증에 실패했습니다]', 'KIWOOM_CREDENTIALS_REFUSED', false],
    ['[8030:투자구분(실전/모의)이 달라서 Appkey를 사용할수가 없습니다]', 'KIWOOM_WRONG_ENVIRONMENT', false],
    ['[8050:지정단말기 인증에 실패했습니다]', 'KIWOOM_DEVICE_REFUSED', false],
    ['[8005:Token이 유효하지 않습니다]', 'KIWOOM_TOKEN_REFUSED', true],
    ['novelty', 'KIWOOM_VENUE_FAILED', true],
  ])('%s is %s', async (text, code, retriable) => {
    await using venue = await venueRest(() => refused(text))
    expect(await errorOf(clientFor(venue.url).tokens.token())).toMatchObject({ code, retriable })
    expect(venue.received).toHaveLength(1)
  })

  test('for being too fast is tried again after a pause', async () => {
    await using venue = await venueRest((_, number) =>
      number < 3 ? refused('[1700:허용된 요청 개수를 초과하였습니다. 유량=5, API ID=au10001]', 429) : issued('T', start + HOUR_MS),
    )
    expect(await clientFor(venue.url).tokens.token()).toBe('T')
    expect(venue.received).toHaveLength(3)
  })

  test('for being too fast for ever ends as an error that can be retried', async () => {
    await using venue = await venueRest(() => ({ status: 429, text: 'slow down' }))
    const { tokens } = clientFor(venue.url, { attempts: 2 })
    expect(await errorOf(tokens.token())).toMatchObject({ code: 'KIWOOM_RATE_LIMITED', retriable: true })
    expect(venue.received).toHaveLength(2)
  })

  test('shows the page that came instead, without secrets, and nothing of another text, which may hold a token', async () => {
    const problemOf = async (reply: Reply) => {
      await using venue = await venueRest(() => reply)
      return (await errorOf(clientFor(venue.url).tokens.token()))!.message
    }
    expect(await problemOf({ status: 400, text: `<html>\n점검중 SECRET-KEY</html>` })).toMatch(
      /was HTTP 400 with the page "<html> 점검중 \[hidden\]<\/html>"$/,
    )
    expect(await problemOf({ status: 200, text: '{"token":"abc' })).toMatch(/was HTTP 200 with 13 characters that are none$/)
    expect((await problemOf({ status: 503, text: `<p>${'x'.repeat(5_000_000)}` })).length).toBeLessThan(300)
  })

  test.each([
    ['a page', { status: 502, text: '<html>' } as Reply],
    ['a success without a token', { json: { return_code: 0, return_msg: '' } } as Reply],
  ])('is an unreadable answer when it is %s', async (_, reply) => {
    await using venue = await venueRest(() => reply)
    expect(await errorOf(clientFor(venue.url).tokens.token())).toMatchObject({ code: 'KIWOOM_ANSWER_UNREADABLE', retriable: true })
  })

  test('is unreachable when nobody answers in time or at all', async () => {
    let url = ''
    {
      await using venue = await venueRest(() => 'hang')
      url = venue.url
      expect(await errorOf(clientFor(url, { timeoutMs: 50 }).tokens.token())).toMatchObject({ code: 'KIWOOM_UNREACHABLE', retriable: true })
    }
    expect(await errorOf(clientFor(url).tokens.token())).toMatchObject({ code: 'KIWOOM_UNREACHABLE' })
  })

  test('names no secret, even where the venue repeats one', async () => {
    await using venue = await venueRest(() => refused('[8002: APP-KEY / SECRET-KEY]'))
    const error = await errorOf(clientFor(venue.url).tokens.token())
    const everything = JSON.stringify({ ...error, text: messageOf(error), stack: error.stack })
    expect(everything).not.toContain('APP-KEY')
    expect(everything).not.toContain('SECRET-KEY')
    expect(everything).toContain('[hidden]')
  })

  test('leaves the others waiting when one caller gives up', async () => {
    let answer: (() => void) | undefined
    const asked = new Promise<void>(resolve => {
      answer = resolve
    })
    await using venue = await venueRest(() => {
      answer?.()
      return issued('T', start + HOUR_MS)
    })
    const { tokens } = clientFor(venue.url)
    const impatient = new AbortController()
    const first = tokens.token(impatient.signal)
    const second = tokens.token()
    impatient.abort(new Error('gave up'))
    await expect(first).rejects.toThrow('gave up')
    await asked
    expect(await second).toBe('T')
  })
})

test('Korean time is read and written in UTC+9, and only where it is a time', () => {
  expect(koreanTimeToMs('20260911233335')).toBe(Date.UTC(2026, 8, 11, 14, 33, 35))
  expect(koreanTimeText(Date.UTC(2026, 11, 31, 15, 0, 0))).toBe('20270101000000')
  for (const text of ['', '20260230000000', '20260911243335', '2026091123333', '2026-09-11 23:33:35'])
    expect(koreanTimeToMs(text)).toBeNull()
})
