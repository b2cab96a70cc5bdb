import { accessRules } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { grantsOf, planAccess } from '../src/index.ts'

const wanted = grantsOf(accessRules(), role => `tickhouse-${role}`)
const beyond = { principal: 'User:tickhouse-sink', resource: 'topic', pattern: 'prefixed', name: 'kiwoom.', operation: 'write' }

test('only what is missing is made', () => {
  expect(planAccess(wanted, wanted.toReversed())).toEqual({ create: [], beyond: [] })
  expect(planAccess(wanted, wanted.slice(3)).create).toEqual(wanted.slice(0, 3))
})

test('what a user may do beyond that is shown; rules of others are not looked at', () => {
  const other = { ...beyond, principal: 'User:somebody' }
  expect(planAccess(wanted, [...wanted, beyond, other])).toEqual({ create: [], beyond: [beyond] })
})

test('every right names the user that has the role', () => {
  expect(new Set(wanted.map(({ principal }) => principal))).toContain('User:tickhouse-account-consumer')
})
