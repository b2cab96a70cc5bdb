import { expect, test } from 'vitest'
import { messageOf, TickhouseError } from '../src/index.ts'

test('an error carries its code, its verdict, its facts and its cause', () => {
  const cause = new Error('ECONNREFUSED')
  const error = new TickhouseError('KAFKA_AWAY', 'Kafka does not answer', { retriable: true, cause, brokers: 'a:9092' })
  expect(error).toMatchObject({ name: 'TickhouseError', code: 'KAFKA_AWAY', retriable: true, details: { brokers: 'a:9092' }, cause })
  expect(messageOf(error)).toBe('Kafka does not answer: ECONNREFUSED')
})

test('a subclass is named after itself', () => {
  class VenueError extends TickhouseError {}
  expect(new VenueError('X', 'y').name).toBe('VenueError')
})

test('whatever was thrown has a message', () => {
  expect(messageOf('text')).toBe('text')
  expect(messageOf(Object.assign(new Error(''), { code: 'ECONNRESET' }))).toBe('ECONNRESET')
})
