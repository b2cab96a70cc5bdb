import { ConfigError } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import { restAccessIn, simulatorCredentials } from '../src/index.ts'

const keys = { KIWOOM_APP_KEY: 'A', KIWOOM_SECRET_KEY: 'S' }

test('a server of the venue is reached with the keys that are given for it', () => {
  expect(restAccessIn({ KIWOOM_ENV: 'mock', ...keys }, 'http://simulator')).toEqual({
    ...{ environment: 'mock', restUrl: 'https://mockapi.kiwoom.com', appKey: 'A', secretKey: 'S' },
  })
  expect(restAccessIn({ KIWOOM_ENV: 'production', KIWOOM_REST_URL: 'http://proxy', ...keys })?.restUrl).toBe('http://proxy')
})

test('a simulator is reached where it runs, with keys that are no secret', () => {
  expect(restAccessIn({}, 'http://simulator')).toEqual({ environment: 'simulator', restUrl: 'http://simulator', ...simulatorCredentials })
  expect(restAccessIn(keys, 'http://simulator')).toMatchObject({ appKey: 'A', secretKey: 'S' })
})

test('without keys or an address there is no way to the venue, and another word for one is refused', () => {
  expect(restAccessIn({ KIWOOM_ENV: 'production', KIWOOM_APP_KEY: 'A' })).toBeUndefined()
  expect(restAccessIn({})).toBeUndefined()
  expect(() => restAccessIn({ KIWOOM_ENV: 'prod' })).toThrow(ConfigError)
})
