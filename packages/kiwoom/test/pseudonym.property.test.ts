import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pseudonymizer } from '../src/index.ts'

const hide = pseudonymizer(Buffer.from('key'))
const account = fc.stringMatching(/^[1-9][0-9]{9}$/)
const other = fc.oneof(fc.constantFrom('삼성전자', '-60150', ' ', '', '"', '\\', '9201', '\\"9201":'), fc.string({ unit: 'binary' }))

/** Spells some characters of a JSON string as escapes. */
const escaped = (text: string, mask: number) =>
  [...text]
    .map((character, index) => ((mask >> index) & 1 ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character))
    .join('')

/** A REAL frame around an account, with the key and the number spelt in any way JSON allows. */
const frames = fc.record({
  account,
  values: fc.dictionary(fc.oneof(fc.constantFrom('10', '302', '92010'), fc.string({ unit: 'binary' })), fc.oneof(other, fc.jsonValue())),
  keyMask: fc.nat(15),
  valueMask: fc.nat(1023),
  asNumber: fc.boolean(),
  space: fc.constantFrom('', ' ', '\n\t'),
  asList: fc.boolean(),
})

function textOf({ account, values, keyMask, valueMask, asNumber, space, asList }: typeof frames extends fc.Arbitrary<infer T> ? T : never) {
  const clean = Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== '9201' && !JSON.stringify(value).includes(account)),
  )
  const key = `"${escaped('9201', keyMask)}"`
  const value = asNumber ? account : `"${escaped(account, valueMask)}"`
  const members = `{${space}${key}${space}:${space}${asList ? `[${value}]` : value}${JSON.stringify(clean)
    .slice(1)
    .replace(/^(?=[^}])/, ',')}`
  return { text: `{"data":[{"values":${members},"type":"00"}],"trnm":"REAL"}`, clean }
}

test('the account number never survives, and everything else does', () => {
  fc.assert(
    fc.property(frames, parts => {
      const { text, clean } = textOf(parts)
      const hidden = hide(text)
      expect(JSON.stringify(JSON.parse(hidden))).not.toContain(parts.account)
      const { 9201: pseudonym, ...rest } = JSON.parse(hidden).data[0].values
      expect(String(pseudonym)).toMatch(/^acct_[0-9a-f]{16}$/)
      expect(rest).toEqual(JSON.parse(JSON.stringify(clean)))
      expect(hide(hidden)).toBe(hidden)
    }),
  )
})

test('the account number does not survive in a frame that was cut off anywhere', () => {
  fc.assert(
    fc.property(frames, fc.double({ min: 0, max: 1, noNaN: true }), (parts, share) => {
      const { text } = textOf({ ...parts, values: {} })
      const cut = text.slice(0, Math.floor(text.length * share))
      expect(hide(cut)).not.toContain(parts.account)
      expect(hide(cut)).not.toContain(escaped(parts.account, parts.valueMask))
    }),
  )
})

test('any text gives a text', () => {
  fc.assert(
    fc.property(fc.oneof(other, fc.json()), fc.constantFrom('', '"9201":', '9201', '\\u0039201'), (text, part) => {
      expect(typeof hide(text + part + text)).toBe('string')
    }),
  )
})
