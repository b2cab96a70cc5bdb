import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clashesOf } from '@tickhouse/doctor'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { tickhouse } from './tickhouse.ts'

const codes = Array.from({ length: 250 }, (_, index) => String(100_000 + index))

it('plan prints the environment of each collector that the items need', async () => {
  const { end } = tickhouse(['plan'], { KIWOOM_ENV: 'production', KIWOOM_TYPES: 'trade,0s', KIWOOM_SYMBOLS: codes.join(',') })
  const { code, stdout } = await end
  expect(code).toBe(0)
  expect(stdout).toMatch(/^# production takes 200 items on a connection: 2 collectors, each with an app key of its own\n/)
  const lines = stdout.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  expect(lines.map(line => line.split('=')[0])).toEqual([
    ...['KIWOOM_ENV', 'COLLECTOR_ID', 'KIWOOM_TYPES', 'KIWOOM_SYMBOLS'],
    ...['KIWOOM_ENV', 'COLLECTOR_ID', 'KIWOOM_TYPES', 'KIWOOM_SYMBOLS'],
  ])
  expect(lines).toContain('COLLECTOR_ID=collector-2')
  expect(lines.filter(line => line.startsWith('KIWOOM_TYPES'))).toEqual(['KIWOOM_TYPES=trade,market_session', 'KIWOOM_TYPES=trade'])
  const symbols = lines.filter(line => line.startsWith('KIWOOM_SYMBOLS')).flatMap(line => line.split('=')[1]!.split(','))
  expect(symbols.sort()).toEqual(codes)
})

it('plan exits 1 and names what does not fit among the collectors that there are', async () => {
  const words = ['plan', '--collectors', '1', '--format', 'json']
  const { end } = tickhouse(words, { KIWOOM_ENV: 'production', KIWOOM_TYPES: 'trade', KIWOOM_SYMBOLS: codes.slice(0, 201).join(',') })
  const { code, stdout } = await end
  expect(code).toBe(1)
  const { collectors, leftOut } = JSON.parse(stdout)
  expect(collectors).toMatchObject([{ items: 200, pairs: 200, requests: 1 }])
  expect(leftOut).toEqual([{ type: '0B', item: '100200', reason: 'connection full' }])
})

it('plan exits 2 on a setting that the collector would refuse, naming it', async () => {
  const service = tickhouse(['plan'], { KIWOOM_ENV: 'mock', KIWOOM_TYPES: 'trades' })
  expect((await service.end).code).toBe(2)
  expect(service.stderr).toContain('KIWOOM_TYPES: expected names of datasets or type codes')
})

it('plan writes each part to a file of its own; those of the fleet in compose are what it writes for the simulator', async () => {
  const output = join(temporaryFolder(), 'fleet')
  expect((await tickhouse(['plan', '--collectors', '2', '--output', output], { KIWOOM_ENV: 'simulator' }).end).code).toBe(0)
  for (const file of ['collector-1.env', 'collector-2.env']) {
    const inCompose = readFileSync(join(import.meta.dirname, '..', '..', '..', 'infra', 'compose', 'fleet', file), 'utf8')
    expect(inCompose).toBe(readFileSync(join(output, file), 'utf8'))
  }
})

it('plan refuses collectors that capture the same, and exits 1; with parts that it made itself nothing clashes', async () => {
  const folder = temporaryFolder()
  const env = { KIWOOM_ENV: 'production', KIWOOM_TYPES: 'trade,best_quote,0s', KIWOOM_SYMBOLS: codes.join(',') }
  await tickhouse(['plan', '--output', folder], env).end
  const files = ['collector-1.env', 'collector-2.env'].map(name => join(folder, name))
  const fine = await tickhouse(['plan', '--check', ...files], {}).end
  expect([fine.code, fine.stdout]).toEqual([0, '2 collectors can run side by side\n'])
  writeFileSync(files[1]!, readFileSync(files[1]!, 'utf8').replace('KIWOOM_SYMBOLS=', 'KIWOOM_SYMBOLS=100001,'))
  const clash = await tickhouse(['plan', '--check', ...files], {}).end
  expect([clash.code, clash.stdout]).toEqual([
    1,
    'collector-1.env and collector-2.env both capture trade, best_quote of 100001: all of it would be stored once for each\n',
  ])
})

it('what must be of one collector alone is compared too, and no key is shown', () => {
  const env = { KIWOOM_ENV: 'mock', KIWOOM_TYPES: 'trade', COLLECTOR_ID: 'c', JOURNAL_DIR: '/journal', KIWOOM_APP_KEY: 's3cret' }
  const [one, two] = ['005930', '000660'].map(KIWOOM_SYMBOLS => ({ name: KIWOOM_SYMBOLS, env: { ...env, KIWOOM_SYMBOLS } }))
  expect(clashesOf([one!, two!])).toEqual(
    ['COLLECTOR_ID', 'JOURNAL_DIR', 'KIWOOM_APP_KEY'].map(name => `005930 and 000660 have the same ${name}: each needs one of its own`),
  )
})

it('plan exits 2 on a file that is none, naming it', async () => {
  const service = tickhouse(['plan', '--check', '/not/there', '/not/there/either'], {})
  expect((await service.end).code).toBe(2)
  expect(service.stderr).toContain('Expected a file of lines NAME=value at /not/there')
})
