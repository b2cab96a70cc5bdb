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
