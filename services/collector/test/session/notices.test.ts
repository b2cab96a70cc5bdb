import { decodeFrame } from '@tickhouse/kiwoom'
import { createLogger } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import type { Said } from '../../src/journal/feed-log.ts'
import type { ControlFrame } from '../../src/session/capture.ts'
import { Notices } from '../../src/session/notices.ts'
import { entriesOf, keepFeed } from '../feed-fixture.ts'
import { contentScript, tradeFrame, type VenueConnection } from '../scripted-venue.ts'

type Message = Parameters<typeof contentScript.message>[1]

function listening() {
  const written: Said[] = []
  const notices = new Notices(createLogger({ name: 'test', level: 'silent' }), said => written.push(said))
  const hear = (message: object, nowMs = 0) => {
    const bytes = Buffer.from(JSON.stringify(message))
    notices.take(decodeFrame(bytes) as ControlFrame, bytes, nowMs)
  }
  return { notices, written, hear }
}

test.each([
  ['a SYSTEM message with another code', { trnm: 'SYSTEM', code: '0', message: '시스템 점검 안내' }, 'system', '0'],
  ['a SYSTEM message in the other shape', { trnm: 'SYSTEM', return_code: 'R10003', return_msg: 'notice' }, 'system', 'R10003'],
  ['a SYSTEM message without any code', { trnm: 'SYSTEM' }, 'system', ''],
  ['a SYSTEM message with a code of REST', { trnm: 'SYSTEM', code: 8005, message: 'token' }, 'system', '8005'],
  ['an unknown trnm', { trnm: 'NOTICE', content: 'of the venue' }, 'unknown', 'NOTICE'],
  ['an answer to a REG that nobody waits for', { trnm: 'REG', return_code: 105111, return_msg: 'late' }, 'answer', 'REG'],
  ['an answer to a REMOVE', { trnm: 'REMOVE', return_code: 0 }, 'answer', 'REMOVE'],
  ['a second answer to the LOGIN', { trnm: 'LOGIN', return_code: 805004, return_msg: 'late' }, 'answer', 'LOGIN'],
])('%s is kept as an event, and the session goes on', async (_, message, kind, code) => {
  const { venue, journal, keeper, notices } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.send(message)
  venue.connection.send(tradeFrame(1))
  await eventually(async () => expect((await entriesOf(journal)).map(entry => entry.kind)).toEqual(['notice', 'frame']))
  expect((await entriesOf(journal))[0]?.content).toMatchObject({ kind, code })
  expect([...notices.counts.values()]).toEqual([{ kind, code, count: 1 }])
  expect([keeper.state, venue.connections.length]).toEqual(['live', 1])
  expect(venue.connection.received.map(({ trnm }) => trnm)).toEqual(['LOGIN', 'REG'])
})

test('a SYSTEM message that ends nothing is named with the close that follows it', async () => {
  const { venue, journal, keeper } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.send({ trnm: 'SYSTEM', code: 'R10009', message: 'the server rests now' })
  venue.connection.close()
  await eventually(() => expect(venue.connections).toHaveLength(2))
  const close = (await entriesOf(journal)).find(({ kind }) => kind === 'close')
  expect(close?.content).toMatchObject({
    reason: 'disconnected',
    owed: { missing: { evidence: 'close code 1000; shortly before, the venue had said R10009: the server rests now' } },
  })
})

test('an answer to the LOGIN that says neither yes nor no is kept, and the next one counts', async () => {
  const message = (connection: VenueConnection, received: Message) => {
    if (received.trnm === 'LOGIN') connection.send({ trnm: 'LOGIN', return_msg: 'wait' })
    contentScript.message(connection, received)
  }
  const { venue, keeper, notices } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect([venue.connections.length, notices.latest.map(({ kind, code }) => [kind, code])]).toEqual([1, [['answer', 'LOGIN']]])
})

test('a PING as plain text is echoed as it came', async () => {
  const texts: string[] = []
  const { venue, keeper, notices } = await keepFeed()
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.onText = text => texts.push(text)
  venue.connection.send('PING')
  await eventually(() => expect(texts).toEqual(['PING']))
  expect([keeper.heard?.pingAgeMs !== undefined, notices.latest]).toEqual([true, []])
})

test('the same words are written down once a minute, and counted always', () => {
  const { notices, written, hear } = listening()
  for (let second = 0; second < 130; second++) hear({ trnm: 'SYSTEM', code: '0', message: 'again' }, second * 1_000)
  expect(written).toHaveLength(3)
  expect(notices.latest).toMatchObject([{ kind: 'system', code: '0', text: 'again', times: 130, atMs: 129_000 }])
})

test('whatever the venue says, what is kept of it is small', () => {
  const { notices, written, hear } = listening()
  for (let number = 0; number < 5_000; number++)
    hear({ trnm: 'SYSTEM', code: `${number}${'x'.repeat(2_000)}`, message: `${number}\ud800${'y'.repeat(2_000)}` })
  expect([notices.counts.size, notices.latest.length, written.length]).toEqual([51, 20, 101])
  expect([...notices.counts.values()].reduce((sum, { count }) => sum + count, 0)).toBe(5_000)
  expect(JSON.stringify([...notices.counts, notices.latest]).length).toBeLessThan(50_000)
  for (const { code, text } of written)
    expect([code.isWellFormed(), text.isWellFormed(), code.length + text.length < 600]).toEqual([true, true, true])
})

test('no account number is kept', () => {
  const { notices, hear } = listening()
  hear({ trnm: '5012345678', return_msg: 'of account 5012345678' })
  hear({ trnm: 'SYSTEM', code: '0', message: 'account 5012345678' })
  expect(JSON.stringify([...notices.counts, notices.latest])).not.toContain('5012345678')
})
