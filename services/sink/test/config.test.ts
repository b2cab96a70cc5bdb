import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { fetchLimitsOf, laneLimitsOf, loadSinkConfig } from '../src/config.ts'

const env = { KAFKA_BROKERS: 'kafka:9092', QDB_CLIENT_CONF: 'http::addr=questdb:9000;' }

test('Kafka and QuestDB are all that has to be said', () => {
  const { config, kafka } = loadSinkConfig(env)
  expect(kafka.brokers).toEqual(['kafka:9092'])
  expect(config.groupId).toBe('tickhouse-sink')
  expect(fetchLimitsOf(config)).toEqual({ minBytes: 1, maxWaitMs: 100, maxBytes: 25_165_824, maxBytesPerPartition: 4_194_304 })
  expect(laneLimitsOf(config)).toEqual({
    maxBytes: 50_331_648,
    maxBytesPerPartition: 4_194_304,
    fullBytes: 12_582_912,
    commitsPerSecond: 200,
    maxAgeMs: 1_000,
    orderWaitMs: 1_000,
  })
})

test('all problems are named at once', () => {
  expect(() => loadSinkConfig({ QDB_CLIENT_CONF: 'questdb:9000', SINK_MAX_BYTES: '5', HTTP_PORT: 'x' })).toThrow(
    /KAFKA_BROKERS.*QDB_CLIENT_CONF: expected a configuration such as http::addr=127.0.0.1:9000;.*SINK_MAX_BYTES.*HTTP_PORT/s,
  )
})

test('QuestDB and its password may be in a file', () => {
  const path = join(temporaryFolder(), 'questdb')
  writeFileSync(path, 'http::addr=questdb:9000;username=writer;password=s3cret;\n')
  const { config } = loadSinkConfig({ KAFKA_BROKERS: 'kafka:9092', QDB_CLIENT_CONF_FILE: path })
  expect(config.questdb).toBe('http::addr=questdb:9000;username=writer;password=s3cret;')
})
