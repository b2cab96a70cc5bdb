import { request } from 'node:http'
import { limitsOf, registerRequest, removeRequest } from '@tickhouse/kiwoom'
import { UsageError } from '@tickhouse/runtime'
import { own, VenueClient } from '@tickhouse/testkit'
import { describe, expect, it } from 'vitest'
import { date, frameOf, journalOf, ManualTime, QuickTime, served } from './replay-fixture.ts'

const [samsung, hynix] = [
  ['0B', '005930'],
  ['0B', '000660'],
] as const
const one = frameOf(1, samsung)
const two = frameOf(2, samsung)
const over = { code: 1000, reason: 'the replay is over' }
const again = registerRequest({ groupNumber: '1', items: ['005930'], types: ['0B'] })
const listening = async (replay: { url: string; wsUrl: string }, types = ['0B'], items = ['005930']) =>
  own(await VenueClient.live(replay, types, items))
const ended = (client: VenueClient) => client.until(() => client.ended !== null)
/** Frames a second apart. */
const everySecond = (...texts: string[]) => texts.map((text, second) => [second, text] as const)
const session = (frames: readonly (readonly [number, string])[]) => ({ session: 's1', from: '09:00', frames })

describe('a client', () => {
  it('gets what it registered, byte for byte and in the order of capture, then the end', async () => {
    const odd = '{ "trnm": "REAL", "data": [ {"type":"0B","item":"005930","name":"삼성전자\\u0021","values":{"10":" +70000 "}} ] }'
    const both = frameOf(3, hynix, samsung)
    const frames = everySecond(one, frameOf(9, hynix), odd, both, frameOf(9, ['0D', '005930']), frameOf(9, ['0B', '005930_NX']), two)
    const replay = await served({ directory: await journalOf([session(frames)]), date })
    const client = await listening(replay)
    await ended(client)
    expect(client.real).toEqual([one, odd, both, two])
    expect(client.ended).toEqual(over)
    await replay.over
    expect(replay.sent).toBe(4)
  })

  it('gets what names nothing that can be registered, as everyone does', async () => {
    const unknown = frameOf(1, ['02', '005930'])
    const replay = await served({ directory: await journalOf([session(everySecond('no JSON', unknown, one))]), date })
    const client = await listening(replay, ['0B'], ['000660'])
    await ended(client)
    expect(client.messages.filter(text => text === 'no JSON' || text === unknown)).toEqual(['no JSON', unknown])
    expect(client.real).toEqual([unknown])
  })

  it('gets types of the whole market and the account by their type, whatever item their frames name', async () => {
    const wide = [frameOf(1, ['0s', '']), frameOf(2, ['1h', '109670_AL']), frameOf(3, ['04', '005930'])]
    const replay = await served({ directory: await journalOf([session(everySecond(...wide, one))]), date })
    const client = await listening(replay, ['0s', '1h', '04'], [''])
    await ended(client)
    expect(client.real).toEqual(wide)
  })

  it('is not sent what it has removed', async () => {
    const time = new ManualTime()
    const frames = everySecond(frameOf(1, samsung), frameOf(2, hynix), frameOf(3, samsung), frameOf(4, hynix))
    const replay = await served({ directory: await journalOf([session(frames)]), date }, { speed: 1, time })
    const client = await listening(replay, ['0B'], ['005930', '000660'])
    await client.frames(1)
    await client.ask(removeRequest({ groupNumber: '1', items: ['000660'], types: ['0B'] }))
    time.advance(3_000)
    await ended(client)
    expect(client.real).toEqual([frames[0]![1], frames[2]![1]])
  })

  it('may have any key pair, and is asked for echoes as by the venue', async () => {
    const time = new ManualTime()
    const limits = { ...limitsOf('simulator'), pingMs: 20 }
    const frames = everySecond(one, two)
    const replay = await served({ directory: await journalOf([session(frames)]), date }, { speed: 1, time, venue: { limits } })
    const keys = { appKey: 'mine', secretKey: 'too' }
    const client = own(await VenueClient.live(replay, ['0B'], ['005930'], keys))
    await client.until(() => client.messages.filter(text => text === '{"trnm":"PING"}').length >= 3)
    time.advance(1_000)
    await ended(client)
    expect(client.real).toEqual([one, two])
  })

  it('that is slow to read holds the replay up, and loses nothing', async () => {
    // More than what the sockets of a machine hold.
    const large = Array.from({ length: 450 }, (_, index) => [index, frameOf(index, ...Array(1_000).fill(samsung))] as const)
    const replay = await served({ directory: await journalOf([session(large)]), date })
    const client = await listening(replay)
    client.pause(true)
    const seen = [0]
    const standsStill = () => seen.push(replay.sent) > 2 && replay.sent > 0 && replay.sent === seen.at(-2)
    await expect.poll(standsStill, { interval: 100 }).toBe(true)
    expect(replay.sent).toBeLessThan(large.length)
    client.pause(false)
    await ended(client)
    expect(client.real).toEqual(large.map(([, text]) => text))
  })
})

describe('time', () => {
  it.each([
    [1, [1_000, 500, 2_500]],
    [10, [100, 50, 250]],
    [Number.POSITIVE_INFINITY, []],
  ])('goes on at speed %d', async (speed, rests) => {
    const time = new QuickTime()
    const frames = [3, 4, 4.5, 7].map(second => [second, frameOf(second, samsung)] as const)
    const replay = await served({ directory: await journalOf([session(frames)]), date }, { speed, time })
    await ended(await listening(replay))
    expect(time.rests).toEqual(rests)
  })

  it('begins with the first registration, stands still while nobody has any, and is the same for all', async () => {
    const time = new ManualTime()
    const frames = everySecond(one, two, frameOf(3, samsung), frameOf(4, samsung))
    const replay = await served({ directory: await journalOf([session(frames)]), date }, { speed: 1, time })
    time.advance(60_000)
    const first = await listening(replay)
    await first.frames(1)
    time.advance(400)
    await first.ask(again)
    expect(first.real).toEqual([one])
    first.close()
    const bystander = own(await VenueClient.live(replay))
    await expect.poll(() => replay.listeners).toBe(0)
    time.advance(60_000)
    expect(bystander.real).toEqual([])
    const second = own(await VenueClient.live(replay, ['0B'], ['005930'], { appKey: 'second', secretKey: '' }))
    await expect.poll(() => replay.listeners).toBe(1)
    time.advance(599)
    await second.ask(again)
    expect(second.real).toEqual([])
    time.advance(1)
    await second.frames(1)
    const third = own(await VenueClient.live(replay, ['0B'], ['005930'], { appKey: 'third', secretKey: '' }))
    await expect.poll(() => replay.listeners).toBe(2)
    time.advance(1_000)
    await Promise.all([second.frames(2), third.frames(1)])
    time.advance(1_000)
    await Promise.all([ended(second), ended(third)])
    expect(second.real).toEqual(frames.slice(1).map(([, text]) => text))
    expect(third.real).toEqual(frames.slice(2).map(([, text]) => text))
  })
})

describe('a gap between two sessions', () => {
  const sessions = [
    { session: 's1', from: '09:00', frames: everySecond(one), closed: { second: 10, reason: 'disconnected' } },
    { session: 's2', from: '09:00:40', frames: [], closed: { second: 5, reason: 'silent' } },
    { session: 's3', from: '09:01', frames: everySecond(two), closed: { second: 10, reason: 'stopped' } },
  ]

  it('ends the connection where the captured one ended, and the next one gets what follows when it is time', async () => {
    const time = new QuickTime()
    const replay = await served({ directory: await journalOf(sessions), date }, { speed: 1, time })
    const first = await listening(replay)
    await ended(first)
    expect([first.real, first.ended]).toEqual([[one], { code: 1001, reason: 'session s1 ended here: disconnected' }])
    const second = await listening(replay)
    await ended(second)
    expect([second.real, second.ended]).toEqual([[two], over])
    expect(time.rests).toEqual([10_000, 50_000])
  })

  it('is not there with skipped gaps', async () => {
    const time = new QuickTime()
    const replay = await served({ directory: await journalOf(sessions), date }, { speed: 1, time, skipsGaps: true })
    const client = await listening(replay)
    await ended(client)
    expect([client.real, client.ended, time.rests]).toEqual([[one, two], over, []])
  })

  it('ends the connection behind the last frame of a session that crashed', async () => {
    const crashed = [{ ...session(everySecond(one, two)) }, { session: 's2', from: '09:05', frames: everySecond(one) }]
    const replay = await served({ directory: await journalOf(crashed), date })
    const client = await listening(replay)
    await ended(client)
    expect([client.real, client.ended]).toEqual([[one, two], { code: 1001, reason: 'session s1 ended here: crashed' }])
  })
})

it('a loop begins again on the same connection', async () => {
  const replay = await served({ directory: await journalOf([session(everySecond(one, two))]), date }, { isLooped: true })
  const client = await listening(replay)
  await client.frames(5)
  expect(client.real.slice(0, 5)).toEqual([one, two, one, two, one])
  expect(client.ended).toBeNull()
  const closing = replay.close()
  await ended(client)
  expect(client.ended).toEqual(over)
  await closing
})

it('symbols and types leave out the frames of all others', async () => {
  const frames = [frameOf(1, samsung), frameOf(2, ['0B', '005930_NX']), frameOf(3, ['0D', '005930']), frameOf(4, hynix), 'no JSON']
  const directory = await journalOf([session(everySecond(...frames))])
  const got = async (wanted: { symbols?: string[]; types?: string[] }) => {
    const client = await listening(await served({ directory, date, ...wanted }), ['0B', '0D'], ['005930', '005930_NX', '000660'])
    await ended(client)
    return client.real.map(text => frames.indexOf(text) + 1)
  }
  expect(await got({ symbols: ['005930'] })).toEqual([1, 2, 3])
  expect(await got({ symbols: ['005930_NX'] })).toEqual([2])
  expect(await got({ types: ['trade'] })).toEqual([1, 2, 4])
  expect(await got({ symbols: ['005930', '000660'], types: ['0D', 'trade'] })).toEqual([1, 2, 3, 4])
})

it('a page in a browser gets no token under a name that was made to lead here', async () => {
  const { url } = await served({ directory: await journalOf([session(everySecond(one))]), date })
  const answer = Promise.withResolvers<number | undefined>()
  const asking = request(`${url}/oauth2/token`, { method: 'POST', headers: { host: 'evil.example.com' } }, response => {
    answer.resolve(response.statusCode)
    response.resume()
  })
  asking.end()
  expect(await answer.promise).toBe(403)
})

it('a port that is taken is named', async () => {
  const directory = await journalOf([session(everySecond(one))])
  const { port } = new URL((await served({ directory, date })).url)
  const second = served({ directory, date }, { port: Number(port) })
  await expect(second).rejects.toBeInstanceOf(UsageError)
  await expect(second).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`)
})
