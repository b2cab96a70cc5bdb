import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeRunFile } from '@tickhouse/page'
import { privately, replaceFile } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { busFor, loadConnections } from '../src/connections.ts'

const env = { KAFKA_BROKERS: 'kafka:9092, other:9092', JOURNAL_DIR: '/journal' }

it('QuestDB may be named in a file, which can hold a password', () => {
  const path = join(temporaryFolder(), 'questdb')
  writeFileSync(path, 'http::addr=questdb:9000;username=writer;password=s3cret;\n')
  expect(loadConnections({ ...env, QDB_CLIENT_CONF_FILE: path }, temporaryFolder())).toEqual({
    brokers: ['kafka:9092', 'other:9092'],
    configurationString: 'http::addr=questdb:9000;username=writer;password=s3cret;',
    journalDirectories: ['/journal'],
  })
})

it('each collector of a fleet has a journal of its own', () => {
  const { journalDirectories } = loadConnections({ JOURNAL_DIR: '/one, /two' }, temporaryFolder(), ['journalDirectories'])
  expect(journalDirectories).toEqual(['/one', '/two'])
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
  expect(known).toEqual({ brokers: [], configurationString: 'http::addr=questdb:9000;', journalDirectories: [] })
})

it('a running start does not write down passwords, and says which variable a verb then needs', () => {
  const data = temporaryFolder()
  const run = {
    pid: 1,
    startedAt: '',
    brokers: '127.0.0.1:9092',
    journalDirectory: '/journal',
    page: '',
    questdb: null,
    postgres: null,
    processes: [],
  }
  writeRunFile(data, { ...run, configurationString: 'http::addr=questdb:9000;username=writer;password=s3cret;' })
  expect(readFileSync(join(data, 'run.json'), 'utf8')).not.toContain('s3cret')
  expect(statSync(join(data, 'run.json')).mode & 0o077).toBe(0)
  expect(() => loadConnections({}, data)).toThrow('Expected QDB_CLIENT_CONF in the environment')
  writeRunFile(data, { ...run, configurationString: 'http::addr=127.0.0.1:9000;' })
  expect(loadConnections({}, data).configurationString).toBe('http::addr=127.0.0.1:9000;')
})

it('the QuestDB of a running start is reached with the password that its owner alone can read', () => {
  const data = temporaryFolder()
  const password = 'p4ssword-of-a-start'
  const clientConf = join(data, 'questdb-client-conf')
  const configurationString = `http::addr=127.0.0.1:9000;username=tickhouse;password=${password};`
  replaceFile(clientConf, `${configurationString}\n`, privately)
  expect(statSync(clientConf).mode & 0o077).toBe(0)
  const questdb = {
    user: 'tickhouse',
    passwordFile: join(data, 'questdb-password'),
    readerPasswordFile: join(data, 'questdb-reader-password'),
    clientConf,
  }
  const run = { pid: 1, startedAt: '', brokers: '127.0.0.1:9092', journalDirectory: '/journal', page: '', postgres: null, processes: [] }
  writeRunFile(data, { ...run, configurationString, questdb })
  expect(readFileSync(join(data, 'run.json'), 'utf8')).not.toContain(password)
  expect(loadConnections({}, data).configurationString).toBe(configurationString)
})

it('Kafka is reached as the environment says, by every verb', () => {
  const env = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'operator' }
  expect(() => busFor('verify', ['kafka:9092'], env)).toThrow('KAFKA_SASL_PASSWORD: expected a value')
  const packages = join(import.meta.dirname, '..', '..')
  const sources = ['audit', 'cli', 'doctor', 'launch', 'page'].flatMap(name =>
    readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' }).map(path => `${name}/src/${path}`),
  )
  const connecting = sources.filter(path => path.endsWith('.ts') && readFileSync(join(packages, path), 'utf8').includes('connectBus('))
  expect(connecting.sort()).toEqual(['cli/src/connections.ts', 'launch/src/launch.ts'])
})
