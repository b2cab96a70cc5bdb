import { pseudonymizer } from '@tickhouse/kiwoom'
import { CaptureClock, systemClock } from '@tickhouse/runtime'
import { frameFixtures } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { Capture, noCounts } from '../../src/session/capture.ts'
import { tradeFrame } from '../scripted-venue.ts'

function capturing(unwantedTypes: string[] = []) {
  const frames: { timeUs: number; text: string; bytes: Buffer }[] = []
  const control: string[] = []
  const counts = noCounts()
  const capture = new Capture({
    journal: { append: (_kind, timeUs, bytes) => frames.push({ timeUs, text: bytes.toString('utf8'), bytes }) },
    clock: new CaptureClock(systemClock),
    hide: pseudonymizer(Buffer.from('key')),
    unwantedTypes: new Set(unwantedTypes),
    counts,
    onControl: frame => control.push(frame.kind),
  })
  return { capture, frames, control, counts, texts: () => frames.map(({ text }) => text) }
}

const account = '{"data":[{"values":{"9201":"1111222233","9001":"005930"},"type":"00","name":"주문체결","item":"005930"}],"trnm":"REAL"}'
const balance = account.replace('"00"', '"04"')

test('keeps every fixture of the venue byte for byte, but for account numbers', () => {
  const { capture, frames } = capturing()
  capture.open()
  for (const { text } of frameFixtures()) {
    capture.take(Buffer.from(text))
    const kept = frames.at(-1)?.text as string
    expect(kept.replaceAll(/acct_[0-9a-f]{16}/g, '')).toBe(text.replaceAll(/("9201"\s*:\s*")[^"]*/g, '$1'))
  }
})

test('lets no account number through', () => {
  const { capture, texts } = capturing()
  capture.open()
  capture.take(Buffer.from(account))
  capture.take(Buffer.from(account.slice(0, -20)))
  expect(texts().join()).not.toContain('1111222233')
})

test('drops account items that were not asked for, also out of a frame with others', () => {
  const { capture, texts, counts } = capturing(['00', '04'])
  capture.open()
  capture.take(Buffer.from(account))
  capture.take(Buffer.from(balance))
  const mixed = { data: [...JSON.parse(account).data, ...JSON.parse(tradeFrame(1)).data], trnm: 'REAL' }
  capture.take(Buffer.from(JSON.stringify(mixed)))
  expect(counts.discardedItems).toBe(3)
  expect(texts().map(text => JSON.parse(text))).toEqual([{ data: JSON.parse(tradeFrame(1)).data, trnm: 'REAL' }])
})

test('keeps the account items that were asked for', () => {
  const { capture, texts, counts } = capturing(['04'])
  capture.open()
  capture.take(Buffer.from(account))
  capture.take(Buffer.from(balance))
  expect(texts()).toHaveLength(1)
  expect(counts.discardedItems).toBe(1)
})

test('holds data until the session is open, and not more than it can', () => {
  const { capture, texts, counts } = capturing()
  for (let number = 1; number <= 1_005; number++) capture.take(Buffer.from(tradeFrame(number)))
  expect(texts()).toEqual([])
  capture.open()
  expect(texts()).toHaveLength(1_000)
  expect(counts.discardedEarly).toBe(5)
})

test('passes on what is no data', () => {
  const { capture, control, counts, texts } = capturing()
  capture.open()
  for (const text of ['{"trnm":"PING"}', '{"trnm":"REG","return_code":0}', '{"trnm":"CNSRREQ"}']) capture.take(Buffer.from(text))
  expect(control).toEqual(['ping', 'reg', 'unknown'])
  expect(counts).toMatchObject({ control: 2, unknown: 1, real: 0 })
  expect(texts()).toEqual([])
})

test('drops account items however they are spaced or spelt, and texts that show the sign of one', () => {
  const { capture, texts, counts } = capturing(['00', '04'])
  capture.open()
  const spaced = account.replaceAll(':', ' : ').replaceAll(',', ' , ')
  const spelt = account.replace('"type":"00"', '"type":"\\u00300"')
  const withoutNumber = '{"data": [{"type": "04", "values": {"930": "17"}, "item": "005930"}], "trnm": "REAL"}'
  const cut = account.slice(0, -20)
  const unlisted = '{"data":{"type":"00","values":{"913":"접수"}},"trnm":"REAL"}'
  for (const text of [spaced, spelt, withoutNumber, cut, unlisted]) capture.take(Buffer.from(text))
  expect(texts()).toEqual([])
  expect(counts.discardedItems).toBe(5)
})

test('keeps bytes that are no text as they came', () => {
  const { capture, frames } = capturing(['00', '04'])
  capture.open()
  const message = Buffer.from([0xff, 0xfe, 0x7b, 0x80])
  capture.take(message)
  expect(frames.map(({ bytes }) => bytes)).toEqual([message])
})

test('what comes before the login is bounded in bytes too', () => {
  const { capture, counts } = capturing()
  const large = Buffer.from(`{"data":[{"values":{"10":"${' '.repeat(7 << 20)}"},"type":"0B","item":"005930"}],"trnm":"REAL"}`)
  for (let number = 1; number <= 12; number++) capture.take(large)
  expect(counts.discardedEarly).toBe(8)
})

const oversize = 'x'.repeat(1024 * 1024)
const large = (text: string) => text.replace('주문체결', oversize)

test('lets no account number through in a frame that is too large to be read, and keeps the length of it', () => {
  const { capture, texts } = capturing()
  capture.open()
  const escaped = account.replace('"9201"', '"\\u0039201"').replace('1111222233', '11112222\\u0033\\u0033')
  for (const text of [account, escaped, account.slice(0, -20), account.replace('REAL', 'LOGIN')]) {
    capture.take(Buffer.from(large(text)))
    expect(texts().at(-1)).not.toMatch(/11112222/)
    expect(texts().at(-1)).toContain(oversize)
    expect(Buffer.byteLength(texts().at(-1)!)).toBe(Buffer.byteLength(large(text)))
  }
})

test('keeps a frame that is too large to be read byte for byte when it has no account', () => {
  const { capture, frames } = capturing()
  capture.open()
  const bytes = Buffer.from(`{"data":[{"values":{"13":"1234567890","302":"${oversize}"},"type":"0B","item":"005930"}],"trnm":"REAL"}`)
  capture.take(Buffer.from(bytes))
  expect(frames.at(-1)!.bytes.equals(bytes)).toBe(true)
})

test('drops a frame that is too large to be read when it shows an account that was not asked for', () => {
  const { capture, frames, counts } = capturing(['00', '04'])
  capture.open()
  for (const text of [account, balance, balance.slice(0, -20), balance.replace('"type":"04"', '"type" : "04"')])
    capture.take(Buffer.from(large(text)))
  expect(frames).toEqual([])
  expect(counts.discardedItems).toBe(4)
})

test('takes no message that is too large to be read for a PING or an answer', () => {
  const { capture, control, counts } = capturing()
  capture.open()
  for (const trnm of ['PING', 'LOGIN', 'REG', 'SYSTEM', 'SOMETHING']) capture.take(Buffer.from(`{"trnm":"${trnm}","x":"${oversize}"}`))
  expect(control).toEqual([])
  expect(counts.unreadable).toBe(5)
})
