import { expect, test } from 'vitest'
import { loginRequest, pingEcho, registerRequest, removeRequest } from '../src/index.ts'
import { control, controlLine } from './fixtures.ts'

test('requests are what the document shows', () => {
  expect(JSON.parse(loginRequest('T'))).toEqual({ ...control('LOGIN-req'), token: 'T' })
  const stock = { groupNumber: '1', items: ['005930'], types: ['0B'] }
  expect(JSON.parse(registerRequest(stock))).toEqual(control('REG-req-0B'))
  expect(JSON.parse(removeRequest(stock))).toEqual(control('REMOVE-req'))
})

test('a PING is echoed unchanged', () => {
  expect(pingEcho(controlLine('PING'))).toBe('{"trnm":"PING"}')
})
