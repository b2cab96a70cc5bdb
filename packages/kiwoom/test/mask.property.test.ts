import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasMember, maskAccounts } from '../src/index.ts'

/** Pieces of which texts with accounts are made, whole ones and broken ones. */
const piece = fc.constantFrom(
  '9201',
  '"9201"',
  '"9201":"',
  ' : ',
  ':',
  '=',
  '"',
  "'",
  ',',
  '}',
  ']',
  '[',
  ' ',
  '\n',
  '1234567',
  '-',
  '8',
  '\\u0031',
  '\\u002d',
  '\\',
  'x',
  '삼성',
  '\ud83d\ude00',
)
const texts = fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join(''))

function masked(text: string): string {
  const bytes = Buffer.from(text)
  maskAccounts(bytes)
  expect(bytes.length).toBe(Buffer.byteLength(text))
  return bytes.toString()
}

/** Whether eight digits or dashes follow each other, however they are spelt. */
function hasRun(text: string): boolean {
  return /[\d-]{8}/.test(text.replace(/\\u00(3\d|2d)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))))
}

describe('a text that is too large to be read', () => {
  test('keeps no run of digits that is long enough for an account', () => {
    fc.assert(fc.property(texts, text => !hasRun(masked(text))))
  })

  test('keeps every byte when it has neither FID 9201 nor such a run', () => {
    fc.assert(
      fc.property(texts, text => {
        if (!text.includes('9201') && !hasRun(text)) expect(masked(text)).toBe(text)
      }),
    )
  })

  test('hides what follows FID 9201, however short it is', () => {
    expect(masked('{"9201":"123","10":"456"}')).toBe('{"9201":"###","10":"456"}')
    expect(masked("{'9201' : 123}")).toBe("{'9201' : ###}")
    expect(masked('{"9201":"123')).toBe('{"9201":"###')
    expect(masked('{"\\u0039201":"1234567890"}')).not.toContain('1234567890')
  })

  test('is masked in a time that grows with its length only', { timeout: 120_000 }, () => {
    for (const part of ['9201', '"9201" ', '1', '\\u0031', '"9201":"1",', '9201:'])
      maskAccounts(Buffer.from(part.repeat(Math.floor((8 << 20) / part.length))))
  })
})

describe('a member', () => {
  const values = [Buffer.from('"00"'), Buffer.from('"04"')]
  test('is found by its name and its value, with any spaces', () => {
    for (const text of ['{"type":"00"}', '{ "type" :\n"04" }', '{"type":"0B"},{"type":"04"'])
      expect(hasMember(Buffer.from(text), 'type', values)).toBe(true)
    for (const text of ['{"type":"0B"}', '{"00":"type"}', '"type"', '"type":', '"type":"0', ''])
      expect(hasMember(Buffer.from(text), 'type', values)).toBe(false)
    expect(hasMember(Buffer.from('{"9201" : 1}'), '9201')).toBe(true)
    expect(hasMember(Buffer.from('{"13":"9201"}'), '9201')).toBe(false)
  })
})
