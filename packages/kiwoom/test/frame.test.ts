import { describe, expect, test } from 'vitest'
import { decodeFrame, isAccepted } from '../src/index.ts'
import { controlLine } from './fixtures.ts'

const decoded = (name: string) => decodeFrame(controlLine(name))

describe('a message of the venue', () => {
  test('LOGIN accepted', () => {
    const frame = decoded('LOGIN-res-ok')
    expect(frame).toEqual({ kind: 'login', returnCode: 0, message: '' })
    expect(frame.kind === 'login' && isAccepted(frame)).toBe(true)
  })

  test('LOGIN refused tells the code inside the text', () => {
    expect(decoded('LOGIN-res-fail-8005')).toMatchObject({ kind: 'login', returnCode: 805004, innerCode: 8005 })
  })

  test('LOGIN refused without a return code is still refused', () => {
    const frame = decoded('LOGIN-res-fail-8031')
    expect(frame).toMatchObject({ kind: 'login', returnCode: null, innerCode: 8031 })
    expect(frame.kind === 'login' && isAccepted(frame)).toBe(false)
  })

  test('PING in both spellings', () => {
    expect(decoded('PING')).toEqual({ kind: 'ping' })
    expect(decodeFrame('PING')).toEqual({ kind: 'ping' })
    expect(decodeFrame('PING\n')).toEqual({ kind: 'ping' })
  })

  test.each(['R10001', 'R10002', 'R10004'])('SYSTEM %s', code => {
    expect(decoded(`SYSTEM-${code}`)).toMatchObject({ kind: 'system', code, message: expect.stringMatching(/\S/) })
  })

  test('SYSTEM in its other shape', () => {
    const frame = decodeFrame('{"trnm":"SYSTEM","return_code":"R10002","return_msg":"bye"}')
    expect(frame).toEqual({ kind: 'system', code: 'R10002', message: 'bye' })
  })

  test.each([100013, 105110, 105111, 105115, 105118])('REG refused with %s', code => {
    expect(decoded(`REG-res-fail-${code}`)).toMatchObject({ kind: 'reg', returnCode: code })
  })

  test('REG accepted, and REMOVE with the return code as text', () => {
    expect(decoded('REG-res-ok')).toEqual({ kind: 'reg', returnCode: 0, message: '' })
    expect(decodeFrame('{"trnm":"REMOVE","return_code":"0","return_msg":""}')).toEqual({ kind: 'remove', returnCode: 0, message: '' })
  })

  test('an answer to a request without trnm is unknown, with its code', () => {
    expect(decoded('ERR-100002')).toMatchObject({ kind: 'unknown', trnm: '', returnCode: 100002 })
    expect(decodeFrame('{"trnm":"CNSRLST","return_code":0}')).toMatchObject({ kind: 'unknown', trnm: 'CNSRLST' })
  })

  test('REAL in the order of the wire, in the order of the document, as bytes, and indented', () => {
    const wire = controlLine('REAL-type-02')
    const { trnm, data } = JSON.parse(wire)
    const documented = JSON.stringify({ trnm, data })
    for (const text of [wire, documented, JSON.stringify({ data, trnm }, null, 1)]) {
      expect(decodeFrame(text)).toEqual({ kind: 'real' })
      expect(decodeFrame(Buffer.from(text))).toEqual({ kind: 'real' })
    }
  })

  test('a text that only looks like REAL at its end is not taken for it', () => {
    expect(decodeFrame('{"trnm":"REG","return_code":0,"return_msg":",\\"trnm\\":\\"REAL\\"}"}')).toMatchObject({ kind: 'reg' })
    expect(decodeFrame('[",",{"a":1,"trnm":"REAL"}]')).toMatchObject({ kind: 'unreadable' })
  })

  test.each(['', 'hello', '{', '[]', 'null', '1', '{}', '{"trnm":5}'])('%j is unreadable, with a reason', text => {
    expect(decodeFrame(text)).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/Expected/) })
  })
})
