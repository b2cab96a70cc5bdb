import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { kafkaOptions, kafkaSettings } from '../src/index.ts'

const optionsFor = (env: Record<string, string>) => kafkaOptions(loadConfig(kafkaSettings, env))

test('brokers are enough', () => {
  expect(optionsFor({ KAFKA_BROKERS: 'one:9092, two:9092' })).toEqual({
    brokers: ['one:9092', 'two:9092'],
    ssl: false,
    compression: 'zstd',
  })
})

test('user and password come with a mechanism', () => {
  const env = { KAFKA_BROKERS: 'one:9092', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'me' }
  expect(optionsFor({ ...env, KAFKA_SASL_PASSWORD: 'secret' })).toEqual({
    brokers: ['one:9092'],
    ssl: true,
    compression: 'zstd',
    sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'secret' },
  })
  expect(() => optionsFor(env)).toThrow('KAFKA_SASL_PASSWORD: expected a value, because KAFKA_SASL_MECHANISM is given')
})

test('an authority that cannot be read is named', () => {
  expect(() => optionsFor({ KAFKA_BROKERS: 'one:9092', KAFKA_SSL: 'true', KAFKA_SSL_CA: '/nowhere.pem' })).toThrow(
    /KAFKA_SSL_CA: expected the path of a readable file/,
  )
})

test('whoever names an authority gets an encrypted connection, and nothing else', () => {
  const path = join(temporaryFolder(), 'ca.pem')
  writeFileSync(path, 'certificate')
  const env = { KAFKA_BROKERS: 'one:9092', KAFKA_SSL_CA: path }
  expect(optionsFor(env).ssl).toEqual({ ca: ['certificate'] })
  expect(() => optionsFor({ ...env, KAFKA_SSL: 'false' })).toThrow('KAFKA_SSL: expected true, because KAFKA_SSL_CA is given, was "false"')
})

test('a user without a mechanism, or a password that would go over the network as it is, is refused', () => {
  const env = { KAFKA_BROKERS: 'one:9092', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 's3cret' }
  expect(() => optionsFor(env)).toThrow('KAFKA_SASL_MECHANISM: expected a value, because a user or a password is given')
  expect(() => optionsFor({ ...env, KAFKA_SASL_MECHANISM: 'plain' })).toThrow('KAFKA_SSL: expected true, because `plain`')
})
