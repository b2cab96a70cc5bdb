import { askForInstruments, instrumentPath, simulatorCredentials, TokenClient } from '@tickhouse/kiwoom'
import { describe, expect, test } from 'vitest'
import { defaultOptions, type Simulator, type SimulatorOptions, startSimulator } from '../../src/index.ts'
import { Client, own } from '../client.ts'

const start = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> =>
  own(await startSimulator({ limits: { ...defaultOptions.limits, requestsPerSecond: 1_000 }, settleMs: 20, loginAnswerMs: 1, ...options }))

async function list(simulator: Simulator) {
  const tokens = new TokenClient({ restUrl: simulator.url, ...simulatorCredentials })
  const { instruments } = await askForInstruments({
    ...{ restUrl: simulator.url, tokens, requestsPerSecond: 1_000, attempts: 10, signal: AbortSignal.timeout(20_000) },
  })
  return new Map(instruments.map(one => [one.symbol, one]))
}

async function post(simulator: Simulator, headers: Record<string, string>, body: object = { mrkt_tp: '0' }) {
  const response = await fetch(simulator.url + instrumentPath, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, headers: response.headers, json: (await response.json()) as Record<string, unknown> }
}

describe('the simulated list of instruments', () => {
  test('has shares, funds, warrants and gold, by the names that the market has', async () => {
    const listed = await list(await start())
    expect(listed.get('005930')).toMatchObject({ name: '삼성전자', market: 'KOSPI', kind: 'stock', listed_shares: 5_919_637_922, nxt: 'Y' })
    expect(listed.get('109670')).toMatchObject({ name: '씨싸이트', market: 'KOSDAQ', kind: 'stock' })
    expect(listed.get('069500')).toMatchObject({ name: 'KODEX 200', market: 'KOSPI', kind: 'etf', nxt: 'N' })
    expect(listed.get('57JBHH')).toMatchObject({ market: 'KOSPI', kind: 'elw' })
    expect(listed.get('M04020000')).toMatchObject({ market: 'KRX gold', kind: 'gold', listed_shares: null })
    expect(listed.has('MGD')).toBe(false)
  })

  test('has what is registered besides, by its bare code', async () => {
    const simulator = await start()
    const client = own(await Client.live(simulator, ['0B'], ['123456_NX']))
    await client.frames(1)
    expect((await list(simulator)).get('123456')).toMatchObject({ name: '종목123456', kind: 'stock' })
  })

  test('comes in pages, whatever their size', async () => {
    const whole = await list(await start())
    expect(await list(await start({ rowsPerPage: 7 }))).toEqual(whole)
  })

  test('forgets a symbol that is delisted, and takes a new name', async () => {
    const simulator = await start()
    simulator.inject({ fault: 'list', symbol: '109670', name: null })
    simulator.inject({ fault: 'list', symbol: '005930', name: '새삼성' })
    const listed = await list(simulator)
    expect([listed.has('109670'), listed.get('005930')?.name]).toEqual([false, '새삼성'])
  })

  test.each([
    ['no id of the request', {}, 1501],
    ['another id', { 'api-id': 'ka10001' }, 1504],
    ['no token', { 'api-id': 'ka10099' }, 1513],
    ['a token without its kind', { 'api-id': 'ka10099', authorization: 'T' }, 1514],
    ['a token of nobody', { 'api-id': 'ka10099', authorization: 'Bearer T' }, 8005],
  ])('is refused for %s with HTTP 200', async (_, headers, code) => {
    const { status, json } = await post(await start(), headers as Record<string, string>)
    expect([status, json['return_code']]).toEqual([200, 3])
    expect(json['return_msg']).toContain(`[${code}:`)
  })

  test('has nothing under a name of no list, and is refused without one', async () => {
    const simulator = await start()
    const token = await new TokenClient({ restUrl: simulator.url, ...simulatorCredentials }).token()
    const headers = { 'api-id': 'ka10099', authorization: `Bearer ${token}` }
    expect((await post(simulator, headers, { mrkt_tp: '77' })).json).toMatchObject({ return_code: 0, list: null })
    expect((await post(simulator, headers, {})).json['return_msg']).toContain('[1511:')
  })

  test('asked for too often is refused with HTTP 429', async () => {
    const simulator = await start({ limits: { ...defaultOptions.limits, requestsPerSecond: 2 } })
    const answers = await Promise.all([1, 2, 3].map(() => post(simulator, {})))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429])
  })
})
