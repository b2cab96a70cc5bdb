import { expect, it } from 'vitest'
import { type AccessOperation, accessRoles, accessRules, entities } from '../src/index.ts'

const rules = accessRules()
const topics = entities.map(({ topic }) => topic.name)

/** The topics with which a role may do something. */
function allowed(role: string, operation: AccessOperation): string[] {
  const own = rules.filter(rule => rule.role === role && rule.resource === 'topic' && rule.operations.includes(operation))
  return topics.filter(topic => own.some(({ pattern, name }) => (pattern === 'literal' ? topic === name : topic.startsWith(name))))
}

it('only collector and operator write market and account data; the sink writes what it sets aside', () => {
  expect(accessRoles.filter(role => allowed(role, 'write').length > 0)).toEqual(['collector', 'sink', 'operator'])
  expect(allowed('sink', 'write').sort()).toEqual(['kiwoom.dead-letter.v1', 'kiwoom.feed.gap.v1'])
  expect(allowed('sink', 'read')).toEqual(topics)
  expect(allowed('collector', 'write')).toEqual(topics)
})

it('consumers of the market see no account, and the other way round; both see what is missing, and no dead letter', () => {
  const feed = ['kiwoom.feed.session.v1', 'kiwoom.feed.gap.v1', 'kiwoom.feed.heartbeat.v1']
  expect(allowed('consumer', 'read')).toEqual([...topics.filter(topic => topic.startsWith('kiwoom.market.')), ...feed])
  expect(allowed('account-consumer', 'read')).toEqual(['kiwoom.account.order-execution.v1', 'kiwoom.account.balance.v1', ...feed])
})

it('who makes topics reads none, and nobody may delete anything', () => {
  expect(allowed('topic-admin', 'read')).toEqual([])
  expect(allowed('topic-admin', 'create')).toEqual(topics)
  expect(rules.flatMap(({ operations }) => operations)).not.toContain('delete')
})
