import { createLogger } from '@tickhouse/runtime'
import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { repeating } from '../src/kafkajs/admin.ts'
import { Attempts } from '../src/kafkajs/attempts.ts'

const log = createLogger({ name: 'test', level: 'silent' })

describe('an administrative call', () => {
  test.each(['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_CONTROLLER', 'LEADER_NOT_AVAILABLE', 'REQUEST_TIMED_OUT'])(
    'that Kafka answers with %s is made again until it can be done',
    async type => {
      let calls = 0
      const call = async () => {
        calls++
        if (calls < 3) throw protocolError(type, true)
        return 'done'
      }
      expect([await repeating({ log })(call), calls]).toEqual(['done', 3])
    },
  )

  test('that waits behind the error of a whole request is made again too', async () => {
    let calls = 0
    const first = Object.assign(new Error('Topic creation errors'), {
      name: 'KafkaJSAggregateError',
      errors: [protocolError('NOT_CONTROLLER', true)],
    })
    const call = async () => {
      calls++
      if (calls === 1) throw first
    }
    await repeating({ log })(call)
    expect(calls).toBe(2)
  })

  test('that Kafka refuses is not made again, and one that it cannot do for long is given up', async () => {
    let calls = 0
    const failing = (error: Error) => async () => {
      calls++
      throw error
    }
    await expect(repeating({ log })(failing(protocolError('INVALID_CONFIG')))).rejects.toThrow('INVALID_CONFIG')
    expect(calls).toBe(1)
    await expect(repeating({ log }, 300)(failing(protocolError('NOT_CONTROLLER', true)))).rejects.toThrow('NOT_CONTROLLER')
    expect(calls).toBeGreaterThan(2)
  })

  test('ends with its signal', async () => {
    const signal = AbortSignal.timeout(50)
    await expect(repeating({ log, signal })(() => new Promise(() => {}))).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('changes that do not depend on each other', () => {
  test('are all tried, and those that failed are named together', async () => {
    const attempts = new Attempts()
    const done: string[] = []
    for (const name of ['a', 'b', 'c'])
      await attempts.make(`${name}: not made`, async () => {
        if (name !== 'b') throw protocolError(name === 'a' ? 'POLICY_VIOLATION' : 'TOPIC_AUTHORIZATION_FAILED')
        done.push(name)
      })
    expect(done).toEqual(['b'])
    expect(() => attempts.end('BUS_TOPICS_REFUSED', 'Some failed', ['d: left alone'])).toThrow(
      /^Some failed; everything else is done:\n {2}a: not made: POLICY_VIOLATION\n {2}c: not made: .*acls apply.*\n {2}d: left alone$/,
    )
  })

  test('have the code that all failures have', async () => {
    const attempts = new Attempts()
    await attempts.make('a', async () => {
      throw protocolError('TOPIC_AUTHORIZATION_FAILED')
    })
    expect(() => attempts.end('BUS_TOPICS_REFUSED', 'Some failed')).toThrow(expect.objectContaining({ code: 'BUS_NOT_ALLOWED' }))
    expect(new Attempts().end('BUS_REFUSED', 'None failed')).toBeUndefined()
  })
})

function protocolError(type: string, retriable = false): Error {
  return new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1, retriable }))
}
