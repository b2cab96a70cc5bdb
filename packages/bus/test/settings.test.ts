import { loadConfig } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import { kafkaOptions, kafkaSettings } from '../src/index.ts'

const optionsFor = (env: Record<string, string>) => kafkaOptions(loadConfig(kafkaSettings, env))

test('brokers are enough', () => {
  expect(optionsFor({ KAFKA_BROKERS: 'one:9092, two:9092' })).toEqual({ brokers: ['one:9092', 'two:9092'], ssl: false })
})

test('user and password come with a mechanism', () => {
  const env = { KAFKA_BROKERS: 'one:9092', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'me' }
  expect(optionsFor({ ...env, KAFKA_SASL_PASSWORD: 'secret' })).toEqual({
    brokers: ['one:9092'],
    ssl: true,
    sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'secret' },
  })
  expect(() => optionsFor(env)).toThrow('KAFKA_SASL_PASSWORD: expected a value, because KAFKA_SASL_MECHANISM is given')
})

test('an authority that cannot be read is named', () => {
  expect(() => optionsFor({ KAFKA_BROKERS: 'one:9092', KAFKA_SSL: 'true', KAFKA_SSL_CA: '/nowhere.pem' })).toThrow(
    /KAFKA_SSL_CA: expected the path of a readable file/,
  )
})
