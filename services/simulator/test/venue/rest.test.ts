import { koreanTimeToMs, simulatorCredentials, TokenClient } from '@tickhouse/kiwoom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/index.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ tokenRequestsPerSecond: 1_000 })
})
afterAll(() => simulator.close())

const keys = { appkey: simulatorCredentials.appKey, secretkey: simulatorCredentials.secretKey }

async function post(path: string, body: unknown, url = simulator.url) {
  const response = await fetch(url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

describe('a token', () => {
  test('has the form of the venue, ends a day later in Korean time, and stays the same while it is valid', async () => {
    const before = Date.now()
    const { status, json } = await post('/oauth2/token', { grant_type: 'client_credentials', ...keys })
    expect(status).toBe(200)
    expect(json).toMatchObject({ token_type: 'bearer', return_code: 0, token: expect.stringMatching(/^[\w-]{86}$/) })
    const validMs = koreanTimeToMs(json['expires_dt'] as string)! - before
    expect(Math.abs(validMs - 24 * 3_600_000)).toBeLessThan(60_000)
    expect((await post('/oauth2/token', { grant_type: 'client_credentials', ...keys })).json).toEqual(json)
  })

  test('that is revoked is not valid any more', async () => {
    const tokens = new TokenClient({ restUrl: simulator.url, ...simulatorCredentials })
    const token = await tokens.token()
    await tokens.revoke()
    expect(await tokens.token()).not.toBe(token)
    expect((await post('/oauth2/revoke', { ...keys, token })).json).toMatchObject({
      return_code: 3,
      return_msg: expect.stringContaining('[8005:'),
    })
  })

  test.each([
    ['a wrong secret', { grant_type: 'client_credentials', ...keys, secretkey: 'x' }, 8001],
    ['no key', { grant_type: 'client_credentials' }, 8020],
    ['no grant', keys, 8011],
    ['a wrong grant', { grant_type: 'password', ...keys }, 8012],
    ['a body that is no JSON', 'hello', 8011],
  ])('is refused for %s with HTTP 200', async (_, body, code) => {
    const { status, json } = await post('/oauth2/token', body)
    expect({ status, code: json['return_code'] }).toEqual({ status: 200, code: 3 })
    expect(json['return_msg']).toContain(`[${code}:`)
  })

  test('asked for too often is refused with HTTP 429, which the token client outlasts', async () => {
    const busy = await startSimulator({ tokenRequestsPerSecond: 2 })
    const ask = () => post('/oauth2/token', { grant_type: 'client_credentials', ...keys }, busy.url)
    expect((await Promise.all([ask(), ask(), ask()])).map(({ status }) => status).sort()).toEqual([200, 200, 429])
    expect(await new TokenClient({ restUrl: busy.url, ...simulatorCredentials, attempts: 10 }).token()).toMatch(/^[\w-]{86}$/)
    await busy.close()
  })

  test('is given to any configured pair', async () => {
    const other = { appKey: 'A', secretKey: 'B' }
    const venue = await startSimulator({ credentials: [simulatorCredentials, other] })
    const [first, second] = await Promise.all(
      [simulatorCredentials, other].map(pair => new TokenClient({ restUrl: venue.url, ...pair }).token()),
    )
    expect(first).not.toBe(second)
    await venue.close()
  })
})

test('other addresses are not there, on HTTP and WebSocket', async () => {
  expect((await post('/api/dostk/chart', {})).status).toBe(404)
  const upgrade = await fetch(`${simulator.url}/elsewhere`, { method: 'GET' })
  expect(upgrade.status).toBe(404)
})
