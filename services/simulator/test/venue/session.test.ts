import { environments, limitsOf, loginRequest, registerRequest, removeRequest } from '@tickhouse/kiwoom'
import { describe, expect, test } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/index.ts'
import { Client, own, tokenOf } from '../client.ts'

/** A quiet simulator that settles quickly. */
const start = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> =>
  own(await startSimulator({ rate: 200, settleMs: 20, loginAnswerMs: 1, ...options }))
const limits = (changed: Partial<SimulatorOptions['limits']>) => ({ limits: { ...environments.simulator.limits, ...changed } })
const register = (items: string[], types = ['0B'], groupNumber = '1') => registerRequest({ groupNumber, items, types })
const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index).padStart(6, '0'))

describe('LOGIN', () => {
  test('with a valid token is accepted as the venue does it', async () => {
    const simulator = await start()
    const client = own(await Client.open(simulator))
    expect(await client.ask(loginRequest(await tokenOf(simulator)))).toEqual({ trnm: 'LOGIN', return_code: 0, return_msg: '', sor_yn: 'Y' })
    expect(simulator.status().sessions).toBe(1)
  })

  test('with a token that is not valid is refused with the reason in the text, then closed', async () => {
    const client = own(await Client.open(await start()))
    expect(await client.ask(loginRequest('nonsense'))).toMatchObject({
      trnm: 'LOGIN',
      return_code: 805004,
      return_msg: expect.stringContaining('[CODE=8005, MESSAGE='),
    })
    await client.until(() => client.ended !== null)
  })

  test('without a token is refused, then closed', async () => {
    const client = own(await Client.open(await start()))
    expect(await client.ask('{"trnm":"LOGIN"}')).toMatchObject({ trnm: 'LOGIN', return_code: 805002 })
    await client.until(() => client.ended !== null)
  })

  test('that does not come ends the connection with R10004', async () => {
    const client = own(await Client.open(await start({ loginMs: 30 })))
    await client.until(() => client.ended !== null)
    expect(client.systemCodes).toEqual(['R10004'])
  })

  test('that is not answered yet leaves other requests ignored', async () => {
    const simulator = await start({ loginAnswerMs: 100 })
    const client = own(await Client.open(simulator))
    client.send(loginRequest(await tokenOf(simulator)))
    expect(await client.ask(register(['005930']))).toMatchObject({
      trnm: 'REG',
      return_code: 100013,
      return_msg: expect.stringContaining('%s'),
    })
    await client.until(() => client.messages.length === 2)
    expect(JSON.parse(client.messages[1]!)).toMatchObject({ trnm: 'LOGIN', return_code: 0 })
  })

  test('with the same app key ends the older session with R10001, and only that', async () => {
    const simulator = await start()
    const older = own(await Client.live(simulator))
    const newer = own(await Client.live(simulator))
    await older.until(() => older.ended !== null)
    expect(older.systemCodes).toEqual(['R10001'])
    expect(newer.ended).toBeNull()
    expect(simulator.status().sessions).toBe(1)
  })
})

describe('a request', () => {
  test('without trnm or that is no JSON misses a member, with an empty trnm in the answer', async () => {
    const client = own(await Client.live(await start()))
    for (const text of ['{}', 'hello', '[]']) {
      expect(await client.ask(text)).toEqual({ trnm: '', return_code: 100002, return_msg: expect.stringContaining('parameter=trnm') })
    }
  })

  test('with an unknown trnm is refused', async () => {
    const client = own(await Client.live(await start()))
    expect(await client.ask('{"trnm":"NOVELTY"}')).toMatchObject({ trnm: 'NOVELTY', return_code: 105108 })
  })

  test('longer than a frame may be ends the connection with 1009', async () => {
    const client = own(await Client.live(await start()))
    client.send(`{"trnm":"REG","x":"${'x'.repeat(65_536)}"}`)
    await client.until(() => client.ended !== null)
    expect(client.ended).toEqual({ code: 1009, reason: 'Max frame length of 65536 has been exceeded.' })
  })

  test('that echoes SYSTEM ends the connection', async () => {
    const client = own(await Client.live(await start()))
    client.send('{"trnm":"SYSTEM","code":"R10001","message":""}')
    await client.until(() => client.ended !== null)
  })
})

describe('REG', () => {
  test('brings frames of what is registered and of nothing else, under the item as registered', async () => {
    const client = own(await Client.live(await start(), ['0B'], ['005930_NX', '000660']))
    await client.frames(30)
    const seen = new Set(
      client.real.flatMap(text => JSON.parse(text).data.map((item: { type: string; item: string }) => item.type + item.item)),
    )
    expect(seen).toEqual(new Set(['0B005930_NX', '0B000660']))
  })

  test('without an item is one of the whole market or the account, and of other types refused', async () => {
    const simulator = await start()
    const client = own(await Client.live(simulator))
    expect(await client.ask(register([], ['00', '04', '0s', '1h']))).toMatchObject({ return_code: 0 })
    await client.until(() => simulator.status().registered === 4)
    expect(await client.ask(register([], ['0B']))).toMatchObject({ return_code: 105111 })
    expect(await client.ask(removeRequest({ groupNumber: '1', items: [], types: ['0s'] }))).toMatchObject({ return_code: 0 })
    await client.until(() => simulator.status().registered === 3)
  })

  test('beyond the items of the group, then of the connection, is refused whole and says how many', async () => {
    const simulator = await start(limits({ itemsPerGroup: 3, itemsPerConnection: 5 }))
    const client = own(await Client.live(simulator))
    expect(await client.ask(register(many(4)))).toMatchObject({ return_code: 105118, return_msg: expect.stringContaining('(3)') })
    expect(await client.ask(register(many(3)))).toMatchObject({ return_code: 0 })
    expect(await client.ask(register(many(3), ['0D']))).toMatchObject({ return_code: 0 })
    expect(await client.ask(register(many(3, 10), ['0B'], '2'))).toMatchObject({
      return_code: 105115,
      return_msg: expect.stringContaining('(5)'),
    })
    await client.until(() => simulator.status().registered === 6)
  })

  test('faster than the pace is refused, and after a pause accepted', async () => {
    const client = own(await Client.live(await start(limits({ registrationsAtOnce: 2, registrationGapMs: 500 }))))
    const codes = []
    for (let request = 0; request < 4; request++) codes.push((await client.ask(register(['005930'])))['return_code'])
    expect(codes).toEqual([0, 0, 105110, 105110])
    await expect.poll(async () => (await client.ask(register(['005930'])))['return_code'], { interval: 100, timeout: 10_000 }).toBe(0)
  })

  test.each([
    ['item as a text', { grp_no: '1', data: [{ item: '005930', type: ['0B'] }] }, 105111],
    ['an unknown type', { grp_no: '1', data: [{ item: ['005930'], type: ['0b'] }] }, 105111],
    ['a group of five characters', { grp_no: '12345', data: [] }, 105111],
    ['an entry that is null', { grp_no: '1', data: [null] }, 105111],
    ['no data', { grp_no: '1' }, 100002],
    ['no group', { data: [] }, 100002],
  ])('with %s is refused', async (_, members, code) => {
    const client = own(await Client.live(await start()))
    expect(await client.ask(JSON.stringify({ trnm: 'REG', refresh: '1', ...members }))).toMatchObject({ trnm: 'REG', return_code: code })
  })

  test('with refresh 0 drops what was there before', async () => {
    const simulator = await start()
    const client = own(await Client.live(simulator, ['0B'], many(3)))
    await client.frames(1)
    expect(simulator.status().registered).toBe(3)
    await client.ask(register(['005930']).replace('"refresh":"1"', '"refresh":"0"'))
    await client.until(() => simulator.status().registered === 1)
  })

  test('REMOVE takes pairs away', async () => {
    const simulator = await start()
    const client = own(await Client.live(simulator, ['0B', '0D'], many(2)))
    await client.frames(1)
    const answer = await client.ask(removeRequest({ groupNumber: '1', items: ['000000'], types: ['0D'] }))
    expect(answer).toEqual({ trnm: 'REMOVE', return_code: 0, return_msg: '' })
    expect(simulator.status().registered).toBe(3)
  })

  test('of the market and the account takes the empty item', async () => {
    const client = own(await Client.live(await start(), ['00', '04', '0s', '1h'], ['']))
    await client.frames(20)
    const types = client.real.map(text => JSON.parse(text).data[0].type)
    expect(new Set(types)).toEqual(new Set(['00', '04', '0s', '1h']))
  })
})

describe('PING', () => {
  test('comes regularly, and a session that echoes it stays', async () => {
    const client = own(await Client.live(await start(limits({ pingMs: 20, heartbeatMs: 5_000 }))))
    await client.until(() => client.messages.filter(message => message === '{"trnm":"PING"}').length >= 12)
    expect(client.ended).toBeNull()
  })

  test('without echo ends in R10002', async () => {
    const client = own(await Client.live(await start(limits({ pingMs: 20, heartbeatMs: 140 }))))
    client.echoes = false
    await client.until(() => client.ended !== null)
    expect(client.systemCodes).toEqual(['R10002'])
  })
})

test('the limits of the simulator are those that the registration plan keeps to', () => {
  expect(limitsOf('simulator').itemsPerConnection).toBe(200)
  expect(limitsOf('simulator').registrationGapMs).toBeLessThan(400)
})
