import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { isUnavailable, translate } from '../src/errors.ts'
import { busErrorCodes } from '../src/index.ts'

test('the README lists every error code and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const listed = [...readme.matchAll(/^\| `(BUS_\w+)` +\|/gm)].map(match => match[1])
  expect(listed).toEqual([...busErrorCodes])
})

test('a group whose coordinator cannot be found while a broker restarts is waited for, as are the locks that kafkajs waits for', () => {
  const notFound = made('KafkaJSGroupCoordinatorNotFound')
  const exceeded = new kafkajs.KafkaJSNumberOfRetriesExceeded(notFound, { retryCount: 5, retryTime: 1 })
  for (const error of [notFound, exceeded, made('KafkaJSLockTimeout')]) {
    expect(isUnavailable(error), error.name).toBe(true)
    expect(translate(error, 'Reading')).toMatchObject({ code: 'BUS_UNAVAILABLE', retriable: true })
  }
})

test('what kafkajs cannot do at all is not waited for', () => {
  expect(isUnavailable(new kafkajs.KafkaJSNonRetriableError('Consumer groupId must be a non-empty string.'))).toBe(false)
  expect(isUnavailable(new TypeError('no property'))).toBe(false)
})

/** Its types leave out what these constructors take. */
function made(name: 'KafkaJSGroupCoordinatorNotFound' | 'KafkaJSLockTimeout'): Error {
  return new (kafkajs[name] as new (message: string) => Error)('from kafkajs')
}
