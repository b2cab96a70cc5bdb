import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, choice, describeConfig, duration, flag, integer, list, loadConfig, optional, secret, text } from '../src/index.ts'

const spec = {
  brokers: text('KAFKA_BROKERS'),
  port: integer('HTTP_PORT', { default: 0, min: 0, max: 65_535 }),
  mode: choice('KIWOOM_ENV', ['simulator', 'mock', 'production'], { default: 'simulator' }),
  key: optional(secret('KIWOOM_APP_KEY')),
  symbols: list('KIWOOM_SYMBOLS', { default: ['005930'] }),
  fsync: duration('FSYNC', { default: 200 }),
  check: flag('CHECK', { default: true }),
}

function problemsOf(env: Record<string, string>) {
  try {
    loadConfig(spec, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
  }
  throw new Error('Expected a ConfigError')
}

function fileWith(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'secret')
  writeFileSync(path, content)
  return path
}

test('reads typed values and falls back to the defaults', () => {
  const config = loadConfig(spec, {
    KAFKA_BROKERS: 'a:9092',
    HTTP_PORT: '8080',
    KIWOOM_SYMBOLS: ' 005930, 000660 ,',
    FSYNC: '1.5s',
    CHECK: 'false',
  })
  expect(config).toEqual({
    brokers: 'a:9092',
    port: 8080,
    mode: 'simulator',
    key: undefined,
    symbols: ['005930', '000660'],
    fsync: 1500,
    check: false,
  })
  expect(Object.isFrozen(config)).toBe(true)
})

test('reports all problems together, each with the name, the bad value and what was expected', () => {
  expect(problemsOf({ HTTP_PORT: '12a', KIWOOM_ENV: 'live', FSYNC: '5', CHECK: 'yes' })).toEqual([
    { name: 'KAFKA_BROKERS', expected: 'a text' },
    { name: 'HTTP_PORT', value: '12a', expected: 'an integer from 0 to 65535' },
    { name: 'KIWOOM_ENV', value: 'live', expected: 'one of simulator, mock, production' },
    { name: 'FSYNC', value: '5', expected: 'a duration such as 200ms, 30s, 5m or 1h' },
    { name: 'CHECK', value: 'yes', expected: 'true or false' },
  ])
})

test('takes an empty variable as one that was not given', () => {
  expect(loadConfig(spec, { KAFKA_BROKERS: 'a:9092', HTTP_PORT: '' }).port).toBe(0)
  expect(problemsOf({ KAFKA_BROKERS: '' })).toEqual([{ name: 'KAFKA_BROKERS', expected: 'a text' }])
})

test('refuses numbers out of range and numbers that are none', () => {
  for (const bad of ['65536', '-1', '1.5', '1e3', '0x10', ' 1'])
    expect(problemsOf({ KAFKA_BROKERS: 'a', HTTP_PORT: bad })).toMatchObject([{ name: 'HTTP_PORT', value: bad }])
})

test('reads a secret from a file and never shows it', () => {
  const config = loadConfig(spec, { KAFKA_BROKERS: 'a', KIWOOM_APP_KEY_FILE: fileWith('s3cret\n') })
  expect(config.key).toBe('s3cret')
  const rows = describeConfig(spec, config)
  expect(rows.find(row => row.variable === 'KIWOOM_APP_KEY')?.value).toBe('[redacted]')
  expect(JSON.stringify(rows)).not.toContain('s3cret')
})

test('refuses a secret given twice and a file that is not there, without the secret in the message', () => {
  const twice = { KAFKA_BROKERS: 'a', KIWOOM_APP_KEY: 's3cret', KIWOOM_APP_KEY_FILE: fileWith('x') }
  expect(JSON.stringify(problemsOf(twice))).not.toContain('s3cret')
  expect(problemsOf(twice)).toMatchObject([{ name: 'KIWOOM_APP_KEY_FILE' }])
  expect(problemsOf({ KAFKA_BROKERS: 'a', KIWOOM_APP_KEY_FILE: '/not/there' })).toMatchObject([
    { name: 'KIWOOM_APP_KEY_FILE', value: '/not/there' },
  ])
})
