import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { BusError, translate } from '../src/errors.ts'
import { LeadersSplit } from '../src/leaders.ts'
import { sendVerdict } from '../src/publish/send-verdict.ts'

const {
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
} = kafkajs

function protocolError(type: string, retriable = false): Error {
  return new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1, retriable }))
}

function exceeded(cause: Error): Error {
  return new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 1, retryTime: 1 })
}

test('a broker that is away, silent or not yet leader gets the same request again', () => {
  for (const error of [
    new KafkaJSConnectionError('Connection error: ECONNREFUSED'),
    new KafkaJSRequestTimeoutError('timed out', {
      broker: '',
      clientId: '',
      correlationId: 1,
      createdAt: 0,
      sentAt: 0,
      pendingDuration: 0,
    }),
    protocolError('NOT_LEADER_FOR_PARTITION', true),
    protocolError('NOT_ENOUGH_REPLICAS_AFTER_APPEND', true),
    protocolError('UNKNOWN_TOPIC_OR_PARTITION', true),
  ]) {
    expect(sendVerdict(error, 0)).toBe('again')
    expect(sendVerdict(exceeded(error), 0)).toBe('again')
  }
})

test('an identity that Kafka no longer accepts, or may have forgotten, is renewed', () => {
  for (const type of [
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'INVALID_PRODUCER_EPOCH',
    'UNKNOWN_PRODUCER_ID',
    'DUPLICATE_SEQUENCE_NUMBER',
    'UNKNOWN',
  ])
    expect(sendVerdict(protocolError(type), 0)).toBe('renew')
  expect(sendVerdict(new KafkaJSNonRetriableError('fenced'), 0)).toBe('renew')
  expect(sendVerdict(new KafkaJSConnectionError('away for long'), 11 * 60_000)).toBe('renew')
  expect(sendVerdict(new BusError('BUS_ACKNOWLEDGEMENT_INCOMPLETE', 'one partition is missing'), 0)).toBe('renew')
})

test('what Kafka will never take, and errors of the program, are not repeated', () => {
  for (const type of ['POLICY_VIOLATION', 'TOPIC_AUTHORIZATION_FAILED', 'INVALID_RECORD'])
    expect(sendVerdict(protocolError(type), 0)).toBe('refuse')
  expect(sendVerdict(new TypeError('undefined is not a function'), 0)).toBe('refuse')
})

test('a time that Kafka refuses is changed, and a batch that is too large for its topic is cut', () => {
  expect(sendVerdict(exceeded(protocolError('INVALID_TIMESTAMP')), 0)).toBe('retime')
  for (const type of ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']) expect(sendVerdict(protocolError(type), 0)).toBe('split')
})

test('leaders that moved apart only change how the request is cut', () => {
  expect(sendVerdict(new LeadersSplit('two leaders'), 0)).toBe('regroup')
})

test('errors of kafkajs become ours, with a code and the word whether trying again helps', () => {
  expect(translate(exceeded(new KafkaJSConnectionError('ECONNREFUSED')), 'Reading')).toMatchObject({
    code: 'BUS_UNAVAILABLE',
    retriable: true,
  })
  expect(translate(protocolError('TOPIC_AUTHORIZATION_FAILED'), 'Reading')).toMatchObject({ code: 'BUS_NOT_ALLOWED', retriable: false })
  expect(translate(protocolError('MESSAGE_TOO_LARGE'), 'Publishing')).toMatchObject({
    code: 'BUS_REFUSED',
    message: 'Publishing failed: MESSAGE_TOO_LARGE',
  })
})
