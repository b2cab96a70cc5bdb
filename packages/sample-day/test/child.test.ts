import { untold } from '@tickhouse/runtime'
import { expect, it } from 'vitest'
import { runToEnd } from '../src/child.ts'

const doing = { tell: untold, signal: new AbortController().signal }
const { PATH, HOME } = process.env
const writer = 'simulator/src/write-day.ts'

it('a program that is not there is named', async () => {
  await expect(runToEnd('simulator/src/no-such.ts', {}, doing)).rejects.toThrow(/^Expected .*services\/simulator\/src\/no-such\.ts, which /)
})

it('a wrong configuration is told with all that is wrong', async () => {
  const order = { PATH, HOME, JOURNAL_DIR: '/nowhere', COLLECTOR_ID: 'one', SIMULATOR_DAY: 'soon', SIMULATOR_DAY_SESSIONS: 'none' }
  const numbers = { SIMULATOR_DAY_SYMBOLS: '1000', SIMULATOR_DAY_RECORDS: '1', SIMULATOR_SEED: '1' }
  const refused = runToEnd(writer, { ...order, ...numbers }, doing)
  await expect(refused).rejects.toThrow(/SIMULATOR_DAY[^_][\s\S]*SIMULATOR_DAY_SESSIONS[\s\S]*SIMULATOR_DAY_SYMBOLS/)
  await expect(refused).rejects.toMatchObject({ name: 'UsageError' })
})

it('a program that fails is told with what it said last', async () => {
  const order = { PATH, HOME, JOURNAL_DIR: '/dev/null/journal', COLLECTOR_ID: 'one', SIMULATOR_DAY: '2026-11-26' }
  const day = { SIMULATOR_DAY_SESSIONS: '1m8000000000/1795645800000000/1795692600000000', SIMULATOR_DAY_SYMBOLS: '1' }
  const failed = runToEnd(writer, { ...order, ...day, SIMULATOR_DAY_RECORDS: '1', SIMULATOR_SEED: '1' }, doing)
  await expect(failed).rejects.toThrow(/^simulator\/src\/write-day\.ts ended with 1\n.*ENOTDIR/)
})
