import { describe, expect, test } from 'vitest'
import { mayHoldAccount, pseudonymizer } from '../src/index.ts'

const hide = pseudonymizer(Buffer.from('key'))
const frame = (account: string, before = '') =>
  `{"data":[{"values":{"13":"9201","9201":${account},"302":"삼성전자"${before}},"type":"00","item":"005930"}],"trnm":"REAL"}`

describe('the account number', () => {
  test('becomes a pseudonym and every other byte stays', () => {
    const hidden = hide(frame('"1234567890"'))
    expect(hidden).toMatch(/"9201":"acct_[0-9a-f]{16}"/)
    expect(hidden.replace(/acct_[0-9a-f]{16}/, '1234567890')).toBe(frame('"1234567890"'))
  })

  test('has one pseudonym per key and account', () => {
    const other = pseudonymizer(Buffer.from('another key'))
    expect(hide(frame('"1234567890"'))).toBe(hide(frame('"1234567890"')))
    expect(hide(frame('"1234567890"'))).not.toBe(hide(frame('"1234567891"')))
    expect(hide(frame('"1234567890"'))).not.toBe(other(frame('"1234567890"')))
  })

  test('is hidden however it is written', () => {
    const plain = hide(frame('"1234567890"'))
    expect(hide(frame('1234567890'))).toBe(plain)
    expect(hide(frame('"\\u0031234567890"'))).toBe(plain)
    expect(hide(frame('"1234567890"').replace('"9201":', '"\\u0039201" : '))).toBe(plain.replace('"9201":', '"\\u0039201" : '))
    expect(JSON.parse(hide(frame('["1234567890",{"x":1234567890}]'))).data[0].values['9201']).toEqual([
      JSON.parse(plain).data[0].values['9201'],
      { x: JSON.parse(plain).data[0].values['9201'] },
    ])
  })

  test('is hidden where values is a list of objects', () => {
    expect(hide('{"data":[{"values":[{"9201":"1234567890"}]}],"trnm":"REAL"}')).not.toContain('1234567890')
  })

  test('stays blank where it is blank, and a pseudonym stays as it is', () => {
    for (const value of ['""', '" "', 'null', 'true', '"acct_0123456789abcdef"']) expect(hide(frame(value))).toBe(frame(value))
    expect(hide(hide(frame('"1234567890"')))).toBe(hide(frame('"1234567890"')))
  })

  test('does not survive in a text that is not JSON', () => {
    for (const text of [
      '{"9201":"1234567890',
      "{'9201':'1234567890'}",
      '{"data":[{"values":{"9201":"1234567890"}}]',
      '9201=1234-5678-90',
      '{"\\u0039201":"1234567890',
    ]) {
      expect(hide(text)).not.toMatch(/1234-?5678/)
    }
  })
})

describe('a frame without an account', () => {
  test('is the very same text, also where 9201 is only part of a number or a value', () => {
    for (const text of ['{"13":"192014"}', '{"13":"9201"}', '{"302":"\\uc0bc"}', '{"15":9201.5,"9201x":"1"}', '', 'PING']) {
      expect(hide(text)).toBe(text)
    }
  })

  test('is told apart without parsing, from bytes too', () => {
    expect(mayHoldAccount(Buffer.from('{"13":"7198950"}'))).toBe(false)
    expect(mayHoldAccount(Buffer.from('{"9201":"1"}'))).toBe(true)
  })
})
