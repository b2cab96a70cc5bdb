import fc from 'fast-check'
import { expect, test } from 'vitest'
import { venueLists } from '../src/index.ts'
import { listedInstrument } from '../src/listed-instrument.ts'

const [kospi] = venueLists
const fields = ['code', 'name', 'listCount', 'regDay', 'nxtEnable', 'marketCode', 'upName', 'auditInfo', 'state', 'orderWarning']

test('any JSON becomes an instrument with a code or none, and nothing is thrown', () => {
  const row = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())))
  fc.assert(
    fc.property(row, fc.constantFrom(...venueLists), (given, list) => {
      const read = listedInstrument(given, list)
      if (read === null) return
      expect(read.symbol).toMatch(/^\S+$/)
      for (const value of Object.values(read)) {
        expect(value).not.toBe('')
        expect(value === null || typeof value === 'string' || Number.isSafeInteger(value)).toBe(true)
      }
    }),
  )
})

test('a row as the venue writes it is read back, whatever its figures', () => {
  const day = fc
    .date({ min: new Date('1956-03-03'), max: new Date('2030-12-31'), noInvalidDate: true })
    .map(date => date.toISOString().slice(0, 10))
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter(text => text === text.trim() && !/\p{Cc}/u.test(text) && text.isWellFormed())
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9][0-9A-Z]{5}$/), name, fc.nat(), day, (code, name, shares, listed_on) => {
      const row = { code, name, listCount: String(shares).padStart(16, '0'), regDay: listed_on.replaceAll('-', '') }
      expect(listedInstrument(row, kospi!)).toMatchObject({ symbol: code, name, listed_shares: shares, listed_on, market: 'KOSPI' })
    }),
  )
})
