import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame } from '../src/index.ts'

const kinds = ['login', 'ping', 'system', 'reg', 'remove', 'real', 'unknown', 'unreadable']
const trnm = fc.constantFrom('REAL', 'PING', 'LOGIN', 'REG', 'REMOVE', 'SYSTEM', 'CNSRREQ', '', 7, null)

test('any text gives a frame and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), text => {
      expect(kinds).toContain(decodeFrame(text).kind)
    }),
  )
})

test('any object with any trnm gives a frame, the same from text and from bytes', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), trnm, (members, name) => {
      const text = JSON.stringify({ ...members, trnm: name })
      expect(decodeFrame(Buffer.from(text))).toEqual(decodeFrame(text))
    }),
  )
})

test('whatever is taken for REAL without parsing is REAL when parsed, or does not parse at all', () => {
  const texts = fc
    .tuple(fc.string(), fc.json(), fc.constantFrom('{', '{"data":', '{"x":', ''))
    .map(([a, b, start]) => `${start}${b}${a},"trnm":"REAL"}`)
  fc.assert(
    fc.property(texts, text => {
      if (decodeFrame(text).kind !== 'real') return
      let parsed: { trnm?: unknown } | undefined
      try {
        parsed = JSON.parse(text)
      } catch {}
      if (parsed !== undefined) expect(parsed.trnm).toBe('REAL')
    }),
  )
})
