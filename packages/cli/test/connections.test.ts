import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { loadConnections } from '../src/connections.ts'

const env = { KAFKA_BROKERS: 'kafka:9092, other:9092', JOURNAL_DIR: '/journal' }

it('QuestDB may be named in a file, which can hold a password', () => {
  const path = join(temporaryFolder(), 'questdb')
  writeFileSync(path, 'http::addr=questdb:9000;username=writer;password=s3cret;\n')
  expect(loadConnections({ ...env, QDB_CLIENT_CONF_FILE: path }, temporaryFolder())).toEqual({
    brokers: ['kafka:9092', 'other:9092'],
    configurationString: 'http::addr=questdb:9000;username=writer;password=s3cret;',
    journalDirectory: '/journal',
  })
})

it('a file that cannot be read is named', () => {
  expect(() => loadConnections({ ...env, QDB_CLIENT_CONF_FILE: '/not/there' }, temporaryFolder())).toThrow(
    /QDB_CLIENT_CONF_FILE: expected the path of a readable file .*was "\/not\/there"/,
  )
})

it('what is not needed is not looked at', () => {
  const { brokers } = loadConnections({ ...env, QDB_CLIENT_CONF_FILE: '/not/there' }, temporaryFolder(), ['brokers'])
  expect(brokers).toEqual(['kafka:9092', 'other:9092'])
})

it('what is missing is named all at once', () => {
  expect(() => loadConnections({}, temporaryFolder())).toThrow('Expected KAFKA_BROKERS, QDB_CLIENT_CONF, JOURNAL_DIR')
})

it('with nothing needed, what is known comes and the rest is empty', () => {
  const known = loadConnections({ QDB_CLIENT_CONF: 'http::addr=questdb:9000;' }, temporaryFolder(), [])
  expect(known).toEqual({ brokers: [], configurationString: 'http::addr=questdb:9000;', journalDirectory: '' })
})
