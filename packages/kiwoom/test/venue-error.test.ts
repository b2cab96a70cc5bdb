import { readFileSync } from 'node:fs'
import { gapReasons } from '@tickhouse/catalogue'
import { describe, expect, test } from 'vitest'
import { decodeFrame, innerCodeOf, refusalOf, refusals, sessionEndOf, VenueError, venueCodes } from '../src/index.ts'
import { controlLine } from './fixtures.ts'

describe('a refusal of the venue', () => {
  test('is named by the code inside the text before the outer code', () => {
    const frame = decodeFrame(controlLine('LOGIN-res-fail-8005'))
    if (frame.kind !== 'login') throw new Error('Expected a login answer')
    const error = refusalOf(frame)
    expect(error).toBeInstanceOf(VenueError)
    expect(error).toMatchObject({ code: 'KIWOOM_TOKEN_REFUSED', retriable: true, details: { returnCode: 805004, innerCode: 8005 } })
  })

  test('of the wrong environment is not worth trying again and says what to check', () => {
    const error = refusalOf({ innerCode: 8031 })
    expect(error).toMatchObject({ code: 'KIWOOM_WRONG_ENVIRONMENT', retriable: false })
    expect(error.message).toContain('KIWOOM_ENV')
  })

  test('with a code that nobody knows is tried again', () => {
    expect(refusalOf({ returnCode: 999999, message: 'novelty' })).toMatchObject({ code: 'KIWOOM_VENUE_FAILED', retriable: true })
    expect(refusalOf({})).toMatchObject({ code: 'KIWOOM_VENUE_FAILED' })
  })

  test('of a session has the code of the SYSTEM message', () => {
    expect(refusalOf({ returnCode: 'R10001' })).toMatchObject({ code: 'KIWOOM_SESSION_TAKEN', retriable: true })
  })

  test('is found in both spellings of the inner code', () => {
    expect(innerCodeOf('… [CODE=8005, MESSAGE=…]')).toBe(8005)
    expect(innerCodeOf('인증에 실패했습니다[8005:Token이 유효하지 않습니다]')).toBe(8005)
    expect(innerCodeOf('(TRNM=%s)')).toBeUndefined()
  })
})

test('every code of the venue leads to a refusal that is described, and every refusal is in the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const { refusal, meaning } of venueCodes.values()) {
    expect(refusals[refusal].says).toMatch(/\S/)
    expect(meaning).toMatch(/\S/)
  }
  for (const code of Object.keys(refusals)) expect(readme).toContain(`\`${code}\``)
})

test('every end of a session by the venue has a meaning in the dictionary', () => {
  const ends = [...venueCodes.keys()].flatMap(code => sessionEndOf(code) ?? [])
  expect(ends.length).toBeGreaterThan(2)
  expect(Object.keys(gapReasons)).toEqual(expect.arrayContaining(ends))
})
