import { ConfigError } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import { loadCollectorConfig } from '../src/config.ts'

const simulator = {
  KIWOOM_ENV: 'simulator',
  KIWOOM_REST_URL: 'http://127.0.0.1:1',
  KIWOOM_WS_URL: 'ws://127.0.0.1:1',
  KAFKA_BROKERS: '127.0.0.1:9092',
}
const production = { KIWOOM_ENV: 'production', KIWOOM_APP_KEY: 'key', KIWOOM_SECRET_KEY: 'secret', KAFKA_BROKERS: '127.0.0.1:9092' }

function problemsOf(env: Record<string, string>): readonly { name: string; value?: string }[] {
  try {
    loadCollectorConfig(env)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems
  }
}

test('needs no keys for the simulator, and only keys for the real venue', () => {
  expect(problemsOf(simulator)).toEqual([])
  expect(problemsOf(production)).toEqual([])
  const { restUrl, webSocketUrl } = loadCollectorConfig(production)
  expect([restUrl, webSocketUrl]).toEqual(['https://api.kiwoom.com', 'wss://api.kiwoom.com:10000'])
})

test('names every problem at once, an unknown environment and missing keys among them', () => {
  const problems = problemsOf({ KIWOOM_ENV: 'prod', KIWOOM_TYPES: '0B,0X', KIWOOM_WS_URL: 'http://wrong', JOURNAL_FSYNC_MS: 'often' })
  expect(problems.map(({ name }) => name).sort()).toEqual(
    ['JOURNAL_FSYNC_MS', 'KAFKA_BROKERS', 'KIWOOM_APP_KEY', 'KIWOOM_ENV', 'KIWOOM_SECRET_KEY', 'KIWOOM_TYPES', 'KIWOOM_WS_URL'].sort(),
  )
  expect(problems.find(({ name }) => name === 'KIWOOM_ENV')).toMatchObject({ value: 'prod' })
})

test('never shows a secret', () => {
  const problems = problemsOf({ ...production, KIWOOM_SECRET_KEY_FILE: '/nowhere' })
  expect(JSON.stringify(problems)).not.toContain('secret"')
})

test('takes names of datasets, type codes and all', () => {
  const typesOf = (types: string) => loadCollectorConfig({ ...simulator, KIWOOM_TYPES: types }).types
  expect(typesOf('trade, 0D,0g,0G')).toEqual(['0B', '0D', '0g', '0G'])
  expect(typesOf('all')).toHaveLength(19)
})

test('refuses more items than the venue takes, with the list of those that have no place, unless told to do without', () => {
  const symbols = Array.from({ length: 210 }, (_, index) => String(100_000 + index)).join(',')
  const [problem] = problemsOf({ ...simulator, KIWOOM_TYPES: 'trade', KIWOOM_SYMBOLS: symbols })
  expect(problem?.value?.split(', ')).toHaveLength(10)
  expect(problem?.value).toContain('100209 (connection full)')
  const allowed = loadCollectorConfig({ ...simulator, KIWOOM_TYPES: 'trade', KIWOOM_SYMBOLS: symbols, KIWOOM_PARTIAL: 'allow' })
  expect(allowed.plan.leftOut).toHaveLength(10)
})

test('keeps a journal of any size, compressed by default', () => {
  expect(loadCollectorConfig(simulator)).toMatchObject({ maxMebibytes: undefined, compress: true })
  expect(loadCollectorConfig({ ...simulator, JOURNAL_MAX_MB: '500', JOURNAL_COMPRESS: 'false' })).toMatchObject({
    maxMebibytes: 500,
    compress: false,
  })
  expect(problemsOf({ ...simulator, JOURNAL_MAX_MB: '0', JOURNAL_COMPRESS: 'maybe' }).map(({ name }) => name)).toEqual([
    'JOURNAL_MAX_MB',
    'JOURNAL_COMPRESS',
  ])
})

test('takes no bound on the clock that is finer than a clock can be told', () => {
  expect(problemsOf({ ...simulator, CLOCK_MAX_STEP: '0ms', CLOCK_MAX_DIFFERENCE: '1s' }).map(({ name }) => name)).toEqual([
    'CLOCK_MAX_DIFFERENCE',
    'CLOCK_MAX_STEP',
  ])
  expect(loadCollectorConfig(simulator)).toMatchObject({ clockDifferenceMs: 60_000, clockStepMs: 1_000 })
})
