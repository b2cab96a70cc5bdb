import { request } from 'node:http'
import { loginRequest, registerRequest, simulatorCredentials, TokenClient, type VenueError } from '@tickhouse/kiwoom'
import { describe, expect, test } from 'vitest'
import {
  defaultOptions,
  type Fault,
  floodFrame,
  floodShapes,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/index.ts'
import { Client, own, tokenOf } from '../client.ts'

const start = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> =>
  own(await startSimulator({ rate: 500, settleMs: 20, loginAnswerMs: 1, ...options }))
const live = async (simulator: Simulator) => own(await Client.live(simulator, ['0B'], ['005930']))
const volumes = (client: Client) =>
  client.real.flatMap(text => JSON.parse(text).data.map((item: { values: Record<string, string> }) => item.values))

describe('a fault', () => {
  test('cut breaks every connection without a closing handshake', async () => {
    const simulator = await start()
    const client = await live(simulator)
    await client.frames(3)
    simulator.cut()
    await client.until(() => client.ended !== null)
    expect(client.ended!.code).toBe(1006)
    expect(client.systemCodes).toEqual([])
  })

  test('kick tells why first', async () => {
    const simulator = await start()
    const client = await live(simulator)
    simulator.kick('R10002')
    await client.until(() => client.ended !== null)
    expect(client.systemCodes).toEqual(['R10002'])
  })

  test('stall is silence on an open connection, and nothing is lost by it', async () => {
    const simulator = await start()
    const client = await live(simulator)
    await client.frames(3)
    simulator.inject({ fault: 'stall', forMs: 300 })
    const startedMs = performance.now()
    const before = client.messages.length
    client.send(registerRequest({ groupNumber: '1', items: ['000660'], types: ['0B'] }))
    await client.until(() => client.messages.length > before + 5)
    expect(performance.now() - startedMs).toBeGreaterThan(250)
    await client.until(() => client.messages.some(message => message.includes('"trnm":"REG"')))
    await client.frames(20)
    expect(client.ended).toBeNull()
  })

  test('quiet is a market that stands still on a living connection', async () => {
    const simulator = await start({ limits: { ...defaultOptions.limits, pingMs: 20 } })
    const client = await live(simulator)
    await client.frames(3)
    simulator.inject({ fault: 'quiet', forMs: 60_000 })
    const frames = simulator.status().frames
    const pings = () => client.messages.filter(message => message.includes('PING')).length
    const before = pings()
    await client.until(() => pings() > before + 3)
    expect(simulator.status().frames).toBe(frames)
    simulator.inject({ fault: 'quiet', forMs: 0 })
    await client.until(() => simulator.status().frames > frames)
  })

  test('send hands over any text', async () => {
    const simulator = await start({ rate: 1 })
    const client = await live(simulator)
    simulator.send('{"data":[{"values":')
    await client.until(() => client.messages.includes('{"data":[{"values":'))
    expect(simulator.ledger.entries.some(({ items, bytes }) => items.length === 0 && bytes === 19)).toBe(true)
  })

  test('send takes any JSON for what it is', async () => {
    const simulator = await start({ rate: 1 })
    const client = await live(simulator)
    for (const text of ['{"data":[1],"trnm":"REAL"}', '{"data":[{"type":"9Z"}],"trnm":"REAL"}', '{"data":[null]}', 'null']) {
      simulator.send(text)
      await client.until(() => client.messages.includes(text))
    }
  })

  test('lose lets the market go on unseen: the cumulative volume jumps, and the ledger says what is missing', async () => {
    const simulator = await start()
    const client = await live(simulator)
    await client.frames(3)
    simulator.inject({ fault: 'lose', frames: 10 })
    await client.frames(simulator.status().frames + 10)
    const jumps = volumes(client).filter(
      (values, index, all) => index > 0 && Number(values['13']) - Number(all[index - 1]['13']) !== Math.abs(Number(values['15'])),
    )
    expect(jumps).toHaveLength(1)
    expect(simulator.ledger.entries.filter(({ sessions }) => sessions.length === 0)).toHaveLength(10)
  })

  test('lose works while nobody is connected, so that a client finds a hole when it comes back', async () => {
    const simulator = await start()
    const first = await live(simulator)
    await first.frames(3)
    simulator.cut()
    await first.until(() => first.ended !== null)
    const { frames } = simulator.status()
    simulator.inject({ fault: 'lose', frames: 50 })
    expect(simulator.status().frames).toBe(frames + 50)
    const second = await live(simulator)
    await second.frames(1)
    const last = simulator.ledger.entries.filter(({ sessions }) => sessions.length > 0 && sessions[0] === 1).at(-1)!
    expect(Number(volumes(second)[0]['13']) - Number(last.items.at(-1)!.fids['13'])).toBeGreaterThan(50)
  })

  test('refuse turns down so many tokens, logins and registrations', async () => {
    const simulator = await start()
    simulator.inject({ fault: 'refuse', what: 'token', code: 8031, times: 1 })
    const tokens = new TokenClient({ restUrl: simulator.url, ...simulatorCredentials })
    await expect(tokens.token()).rejects.toMatchObject({ code: 'KIWOOM_WRONG_ENVIRONMENT' } satisfies Partial<VenueError>)
    const token = await tokens.token()

    simulator.inject({ fault: 'refuse', what: 'login', code: 8005, times: 1 })
    const refused = own(await Client.open(simulator))
    expect(await refused.ask(loginRequest(token))).toMatchObject({ return_code: 805004 })
    const client = own(await Client.open(simulator))
    expect(await client.ask(loginRequest(token))).toMatchObject({ return_code: 0 })

    simulator.inject({ fault: 'refuse', what: 'registration', code: 105115, times: 2 })
    const register = registerRequest({ groupNumber: '1', items: ['005930'], types: ['0B'] })
    const codes = []
    for (let request = 0; request < 3; request++) codes.push((await client.ask(register))['return_code'])
    expect(codes).toEqual([105115, 105115, 0])
  })

  test('burst sends so many frames at once, whatever the rate is', async () => {
    const simulator = await start({ rate: 20 })
    const client = await live(simulator)
    await client.frames(1)
    simulator.inject({ fault: 'burst', frames: 5_000 })
    await client.frames(5_000)
    expect(simulator.ledger.entries.length).toBeGreaterThanOrEqual(5_000)
  })

  test('hang-up closes so many connections right after they open', async () => {
    const simulator = await start()
    simulator.inject({ fault: 'hang-up', times: 1 })
    const refused = own(await Client.open(simulator))
    await refused.until(() => refused.ended !== null)
    expect(refused.ended!.code).toBe(1000)
    expect(refused.messages).toEqual([])
    await (await live(simulator)).frames(1)
  })

  test('before-login lets a text overtake the answer to a LOGIN', async () => {
    const simulator = await start()
    simulator.inject({ fault: 'before-login', text: '{"trnm":"REG","return_code":100013}', times: 1 })
    const client = own(await Client.open(simulator))
    client.send(loginRequest(await tokenOf(simulator)))
    await client.until(() => client.messages.length >= 2)
    expect(client.messages.map(text => JSON.parse(text).trnm)).toEqual(['REG', 'LOGIN'])
  })

  test('refuse-items refuses every registration with one of them as a whole, until there are none', async () => {
    const simulator = await start({ limits: { ...defaultOptions.limits, registrationsAtOnce: 50 } })
    const client = await live(simulator)
    const ask = (items: string[], types = ['0D']) => client.ask(registerRequest({ groupNumber: '1', items, types }))
    simulator.inject({ fault: 'refuse-items', items: ['000660'], code: 105111 })
    expect(await ask(['035720', '000660'])).toMatchObject({ trnm: 'REG', return_code: 105111 })
    expect(await ask(['035720'])).toMatchObject({ return_code: 0 })
    simulator.inject({ fault: 'refuse-items', items: ['000660'], types: ['0D'], code: 1 })
    expect(await ask(['000660'], ['0B'])).toMatchObject({ return_code: 0 })
    expect(await ask(['000660'])).toMatchObject({ return_code: 1 })
    simulator.inject({ fault: 'refuse-items', items: [], code: 1 })
    expect(await ask(['000660'])).toMatchObject({ return_code: 0 })
  })

  test('mute registers an item and sends nothing of it', async () => {
    const simulator = await start()
    simulator.inject({ fault: 'mute', items: ['000660'] })
    const client = own(await Client.live(simulator, ['0B'], ['005930', '000660']))
    await client.frames(50)
    expect(new Set(client.real.flatMap(text => JSON.parse(text).data.map(({ item }: { item: string }) => item)))).toEqual(
      new Set(['005930']),
    )
  })

  test('say hands a message over that is no frame, and writes nothing down', async () => {
    const simulator = await start({ rate: 1 })
    const client = await live(simulator)
    simulator.inject({ fault: 'say', text: '{"trnm":"SYSTEM","code":"0","message":"notice"}' })
    await client.until(() => client.systemCodes.length > 0)
    expect(client.systemCodes).toEqual(['0'])
    expect(simulator.ledger.entries.map(({ items }) => items.length)).not.toContain(0)
  })

  test('flood sends huge frames of every shape, about as large as it is told and no larger', async () => {
    const simulator = await start()
    const client = await live(simulator)
    simulator.inject({ fault: 'quiet', forMs: 60_000 })
    // This client hangs up on what is no UTF-8.
    const texts = floodShapes.filter(shape => shape !== 'noise')
    for (const [index, shape] of texts.entries()) {
      simulator.inject({ fault: 'flood', shape, bytes: 100_000, frames: 2 })
      await client.until(() => client.messages.filter(text => text.length > 99_900).length === 2 * (index + 1))
    }
    for (const shape of floodShapes) {
      expect(floodFrame(shape, 100_000).length).toBeLessThanOrEqual(100_000)
      expect(floodFrame(shape, 100_000).length).toBeGreaterThan(99_900)
    }
  })

  test('expire-tokens makes the next login fail', async () => {
    const simulator = await start()
    const token = await tokenOf(simulator)
    simulator.inject({ fault: 'expire-tokens' })
    const client = own(await Client.open(simulator))
    expect(await client.ask(loginRequest(token))).toMatchObject({ return_code: 805004 })
    expect(await tokenOf(simulator)).not.toBe(token)
  })

  test('can be scripted by the number of frames', async () => {
    const simulator = await start({ faults: [{ fault: 'kick', code: 'R10001', afterFrames: 7 }] })
    const client = await live(simulator)
    await client.until(() => client.ended !== null)
    expect(client.real).toHaveLength(7)
    expect(simulator.status().frames).toBe(7)
  })

  test('cannot come from a page in a browser, nor by a name that was made to lead here', async () => {
    const simulator = await start()
    const client = await live(simulator)
    const statusWith = (headers: Record<string, string>) =>
      new Promise(resolve => {
        const asking = request(`${simulator.url}/simulator/fault`, {
          method: 'POST',
          headers: { 'content-type': 'text/plain', ...headers },
        })
        asking.on('response', answer => resolve(answer.resume().statusCode)).end(JSON.stringify({ fault: 'cut' }))
      })
    expect(await statusWith({ origin: 'http://evil.example' })).toBe(403)
    expect(await statusWith({ origin: 'null' })).toBe(403)
    expect(await statusWith({ host: 'evil.example:9400' })).toBe(403)
    expect(client.ended).toBeNull()
    expect(await statusWith({})).toBe(200)
    await client.until(() => client.ended !== null)
  })

  test('can come over HTTP, where anything else is refused', async () => {
    const simulator = await start()
    const client = await live(simulator)
    const post = (body: unknown) => fetch(`${simulator.url}/simulator/fault`, { method: 'POST', body: JSON.stringify(body) })
    const faults: Fault[] = [{ fault: 'lose', frames: 1 }, { fault: 'cut' }]
    for (const fault of faults) expect((await post(fault)).status).toBe(200)
    await client.until(() => client.ended !== null)
    for (const nonsense of [
      {},
      null,
      { fault: 'stall' },
      { fault: 'kick', code: 'R9' },
      { fault: 'burst' },
      { fault: 'quiet' },
      { fault: 'flood', shape: 'water', bytes: 1, frames: 1 },
      { fault: 'flood', shape: 'noise', frames: 1 },
      { fault: 'hang-up', times: -1 },
      { fault: 'before-login', times: 1 },
      { fault: 'refuse', what: 'all', code: 1, times: 1 },
      { fault: 'refuse-items', items: '005930', code: 1 },
      { fault: 'refuse-items', items: ['005930'], types: [1], code: 1 },
      { fault: 'mute' },
      { fault: 'say' },
    ]) {
      expect((await post(nonsense)).status).toBe(400)
    }
    const status = await fetch(`${simulator.url}/simulator/status`)
    expect(await status.json()).toEqual(simulator.status())
  })
})
