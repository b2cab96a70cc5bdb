import { eventually } from '@tickhouse/testkit'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { allEntriesOf, entriesOf, heldUp, keepFeed } from '../feed-fixture.ts'
import { contentScript, loginRefusal, tradeFrame, type VenueConnection } from '../scripted-venue.ts'

test('logs in first, registers everything, and journals what comes', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(venue.connection.received.map(({ trnm }) => trnm)).toEqual(['LOGIN', 'REG'])
  expect(venue.connection.received[0]).toEqual({ trnm: 'LOGIN', token: 'token-1' })
  expect(venue.connection.received[1]).toMatchObject({ refresh: '1', data: [{ item: ['005930'], type: ['0B', '0D'] }] })
  venue.connection.send(tradeFrame(1))
  venue.connection.send(tradeFrame(2))
  await eventually(async () => expect((await entriesOf(journal)).map(({ text }) => text)).toEqual([tradeFrame(1), tradeFrame(2)]))
})

test('echoes PING unchanged and journals no control frame as data', async () => {
  const { venue, journal, keeper, counts } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.send('{"trnm":"PING"}')
  venue.connection.send({ trnm: 'SOMETHING', return_code: 0 })
  await eventually(() => expect(venue.countOf('PING')).toBe(1))
  await eventually(() => expect(counts.unknown).toBe(1))
  expect((await entriesOf(journal)).map(({ kind }) => kind)).toEqual(['notice'])
})

test('echoes a PING in the very callback that reads it: the frames that came with it are written later', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  const pendingBytes: number[] = []
  const send = WebSocket.prototype.send
  const sending = vi.spyOn(WebSocket.prototype, 'send').mockImplementation(function (this: WebSocket, ...message) {
    if (String(message[0]).includes('PING')) pendingBytes.push(journal.stats.pendingBytes)
    send.apply(this, message)
  })
  onTestFinished(() => sending.mockRestore())
  await journal.flush()
  for (let number = 1; number <= 3; number++) venue.connection.send(tradeFrame(number))
  venue.connection.send('{"trnm":"PING"}')
  await eventually(() => expect(venue.countOf('PING')).toBe(1))
  const [, atEcho] = pendingBytes
  expect(atEcho).toBeGreaterThan(3 * tradeFrame(1).length)
})

test('opens a session of its own for every connection and writes the gap between two', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.send(tradeFrame(1))
  await eventually(async () => expect(await entriesOf(journal)).toHaveLength(1))
  venue.connection.terminate()
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(venue.countOf('REG')).toBe(1)

  const entries = await entriesOf(journal)
  const [frame, close, gap] = entries
  expect(entries.map(({ kind }) => kind)).toEqual(['frame', 'close', 'gap'])
  expect(close).toMatchObject({ session: frame?.session, content: { reason: 'disconnected' } })
  expect(gap?.content).toMatchObject({
    from: frame?.timeUs,
    reason: 'disconnected',
    evidence: expect.stringContaining('1006'),
  })
  expect(gap?.content['to']).toBeGreaterThan(close?.timeUs as number)
  expect(String(gap?.session) > String(frame?.session)).toBe(true)
})

test('writes a heartbeat a second while a session is open, while it registers too, and none after its close', async () => {
  const answersNoRegistration = (connection: VenueConnection, received: Parameters<typeof contentScript.message>[1]) => {
    if (received.trnm !== 'REG') contentScript.message(connection, received)
  }
  const { journal, keeper, stop, running } = await keepFeed({ message: answersNoRegistration })
  const beats = async () => (await allEntriesOf(journal)).filter(({ kind }) => kind === 'heartbeat')
  await eventually(async () => expect(await beats()).toHaveLength(2))
  expect(keeper.state).not.toBe('waiting')
  const [first, second] = await beats()
  expect(second!.timeUs - first!.timeUs).toBeGreaterThan(500_000)
  stop()
  await running
  expect((await allEntriesOf(journal)).at(-1)).toMatchObject({ kind: 'close', session: first!.session })
})

test('counts the registered pairs of the open session, and the connections begun again', async () => {
  const { venue, keeper, stop, running } = await keepFeed({}, { stocks: ['005930', '000660'] })
  expect(keeper.registeredPairs).toBe(0)
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(keeper.registeredPairs).toBe(4)
  expect([...keeper.reconnects]).toEqual([])
  venue.connection.terminate()
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(keeper.registeredPairs).toBe(4)
  stop()
  await running
  expect([[...keeper.reconnects], keeper.registeredPairs]).toEqual([[['disconnected', 1]], 0])
  expect([...keeper.ends]).toEqual([
    ['disconnected', 1],
    ['stopped', 1],
  ])
})

test('begins another session when one has gone on for as long as it may', async () => {
  const { venue, journal, keeper } = await keepFeed({}, { maxMs: 200 })
  await eventually(() => expect(venue.connections.length).toBeGreaterThan(1))
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(keeper.ends.get('renewed')).toBeGreaterThan(0)
  const [close, gap] = await entriesOf(journal)
  expect(close).toMatchObject({ kind: 'close', content: { reason: 'renewed' } })
  expect(gap).toMatchObject({ kind: 'gap', content: { reason: 'renewed' } })
  expect(String(gap?.session) > String(close?.session)).toBe(true)
})

test('asks for a new token when the venue refuses the one it has', async () => {
  const message = (connection: VenueConnection, received: Parameters<typeof contentScript.message>[1]) => {
    if (received.trnm === 'LOGIN' && received['token'] === 'token-1') {
      connection.send(loginRefusal(8005))
      connection.close()
    } else contentScript.message(connection, received)
  }
  const { venue, keeper } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(venue.connection.received[0]).toEqual({ trnm: 'LOGIN', token: 'token-2' })
})

test('hears why a login is refused although a SYSTEM message comes first', async () => {
  const message = (connection: VenueConnection, received: Parameters<typeof contentScript.message>[1]) => {
    if (received['token'] !== 'token-1') return contentScript.message(connection, received)
    connection.send({ trnm: 'SYSTEM', code: 'R10004', message: '접속허용요청(토큰)이 들어오지 않았습니다' })
    connection.send(loginRefusal(8005))
    connection.close()
  }
  const { venue, keeper } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(venue.tokenRequests).toBe(2)
})

test('gives up when the keys were never right', async () => {
  const token = () => ({ return_code: 3, return_msg: '인증에 실패했습니다[8001:App Key와 Secret Key 검증에 실패했습니다]' })
  const { venue, running } = await keepFeed({ token })
  await expect(running).rejects.toMatchObject({ code: 'KIWOOM_CREDENTIALS_REFUSED' })
  expect(venue.tokenRequests).toBe(2)
})

test('goes on trying when the keys were right once', async () => {
  let isWrong = false
  const refusal = { return_code: 3, return_msg: '[8001:…]' }
  const { venue, keeper } = await keepFeed({
    token: count => (isWrong ? refusal : contentScript.token(count)),
    message: (connection, received) => {
      if (isWrong && received.trnm === 'LOGIN') connection.send(loginRefusal(8005))
      else contentScript.message(connection, received)
    },
  })
  await eventually(() => expect(keeper.state).toBe('live'))
  isWrong = true
  venue.connection.terminate()
  await eventually(() => expect(venue.tokenRequests).toBeGreaterThan(5))
  expect(keeper.problem).toContain('8001')
  isWrong = false
  await eventually(() => expect(keeper.state).toBe('live'))
})

test('does not fight with another program for the session', async () => {
  const { venue, journal, keeper } = await keepFeed({}, { takenMs: 100 })
  await eventually(() => expect(keeper.state).toBe('live'))
  const kickedAt = performance.now()
  venue.connection.send({ trnm: 'SYSTEM', code: 'R10001', message: '동일한 App key로 접속이 되었습니다' })
  await eventually(() => expect(venue.connections).toHaveLength(2))
  expect(performance.now() - kickedAt).toBeGreaterThanOrEqual(100)
  expect(venue.connections[0]?.received.some(({ trnm }) => trnm === 'SYSTEM')).toBe(false)
  await eventually(async () =>
    expect((await entriesOf(journal)).map(({ kind, content }) => [kind, content['reason']])).toEqual([
      ['close', 'session_taken'],
      ['gap', 'session_taken'],
    ]),
  )
})

test('takes a connection on which nothing comes any more for dead', async () => {
  const { venue, journal, keeper } = await keepFeed({}, { silenceMs: 200 })
  await eventually(() => expect(venue.connections.length).toBeGreaterThan(1))
  await eventually(() => expect(keeper.ends.get('silent')).toBeGreaterThan(0))
  const missing = { fromUs: expect.any(Number), reason: 'silent', evidence: 'nothing came for 200 ms, not even a PING' }
  expect((await entriesOf(journal))[0]?.content).toEqual({ reason: 'silent', owed: { missing } })
})

test('keeps a quiet connection on which only PING comes', async () => {
  const { venue, keeper } = await keepFeed({}, { silenceMs: 300 })
  await eventually(() => expect(keeper.state).toBe('live'))
  const pinging = setInterval(() => venue.connection.send('{"trnm":"PING"}'), 50)
  await eventually(() => expect(venue.countOf('PING')).toBeGreaterThan(15))
  clearInterval(pinging)
  expect(venue.connections).toHaveLength(1)
})

test('tells how long ago a PING and data came, of the open session only', async () => {
  const { venue, keeper, stop, running } = await keepFeed()
  expect([keeper.feedState, keeper.heard]).toEqual(['dead', undefined])
  await eventually(() => expect(keeper.state).toBe('live'))
  expect([keeper.feedState, keeper.heard?.pingAgeMs, keeper.heard?.dataAgeMs]).toEqual(['quiet', undefined, undefined])
  venue.connection.send('{"trnm":"PING"}')
  await eventually(() => expect(keeper.heard?.pingAgeMs).toBeGreaterThan(0))
  expect([keeper.feedState, keeper.heard?.dataAgeMs]).toEqual(['quiet', undefined])
  venue.connection.send(tradeFrame(1))
  await eventually(() => expect(keeper.feedState).toBe('flowing'))
  expect(keeper.heard!.dataAgeMs).toBeLessThan(keeper.heard!.pingAgeMs!)
  venue.connection.terminate()
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await eventually(() => expect(keeper.state).toBe('live'))
  expect([keeper.feedState, keeper.heard?.pingAgeMs, keeper.heard?.dataAgeMs]).toEqual(['quiet', undefined, undefined])
  stop()
  await running
  expect([keeper.feedState, keeper.heard]).toEqual(['dead', undefined])
})

test('a login that was answered while the collector was held up counts, however late the answer is read', async () => {
  const message = (connection: VenueConnection, received: Parameters<typeof contentScript.message>[1]) => {
    contentScript.message(connection, received)
    if (received.trnm === 'LOGIN') heldUp(900)
  }
  const { venue, keeper } = await keepFeed({ message }, { loginMs: 300 })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(venue.connections).toHaveLength(1)
})

test('keeps data that comes before the login is answered, with its own time', async () => {
  const message = (connection: VenueConnection, received: Parameters<typeof contentScript.message>[1]) => {
    if (received.trnm === 'LOGIN') connection.send(tradeFrame(1))
    contentScript.message(connection, received)
  }
  const { journal, keeper } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect((await entriesOf(journal)).map(({ text }) => text)).toEqual([tradeFrame(1)])
})

test('journals a frame that is garbage, whatever bytes it has', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.send('{"data":[{"val')
  venue.connection.send(Buffer.from([0xff, 0xfe, 0x00]))
  await eventually(async () => expect(await entriesOf(journal)).toHaveLength(2))
  expect(keeper.state).toBe('live')
})

test('takes a frame of 1 MB', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  const large = tradeFrame(1).replace('체결', '체결'.repeat(200_000))
  venue.connection.send(large)
  await eventually(async () => expect((await entriesOf(journal))[0]?.text).toBe(large))
})

test('reconnects with a gap after a frame that is too large to be one', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.send('x'.repeat(9 * 1024 * 1024))
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await eventually(async () => expect((await entriesOf(journal)).at(-1)?.content).toMatchObject({ reason: 'frame_too_large' }))
  await eventually(() => expect(keeper.state).toBe('live'))
})

test('reconnects with a gap after a message in more parts than can be held', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  for (let part = 0; part < 300; part++) venue.connection.sendPart('x')
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await eventually(async () =>
    expect((await entriesOf(journal)).at(-1)?.content).toMatchObject({
      reason: 'frame_too_large',
      evidence: expect.stringContaining('Too many message fragments'),
    }),
  )
})

test('takes a message in some parts', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  for (const letter of tradeFrame(1)) venue.connection.sendPart(letter)
  venue.connection.sendPart('', true)
  await eventually(async () => expect((await entriesOf(journal)).map(({ text }) => text)).toEqual([tradeFrame(1)]))
})

test('gives a venue up that sends PINGs and does not take their echoes', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.pause()
  const ping = JSON.stringify({ trnm: 'PING', filling: 'x'.repeat(900_000) })
  for (let pings = 0; pings < 30; pings++) venue.connection.send(ping)
  await eventually(() => expect(venue.connections).toHaveLength(2))
  const evidence = expect.stringMatching(/^the venue did not take \d+ bytes that were sent to it$/)
  await eventually(async () => expect((await entriesOf(journal)).at(-1)?.content).toMatchObject({ reason: 'disconnected', evidence }))
})

test('closes the session when it is told to stop', async () => {
  const { venue, journal, keeper, stop, running } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  stop()
  await running
  const missing = { fromUs: expect.any(Number), reason: 'stopped', evidence: 'the collector was told to stop' }
  expect((await entriesOf(journal)).map(({ kind, content }) => [kind, content])).toEqual([
    ['close', { reason: 'stopped', owed: { missing } }],
  ])
  await eventually(() => expect(venue.connection.isOpen).toBe(false))
})

test('stops at once while it waits for the venue', async () => {
  const { running, stop, venue } = await keepFeed({ message: () => {} })
  await eventually(() => expect(venue.countOf('LOGIN')).toBe(1))
  stop()
  await running
})
