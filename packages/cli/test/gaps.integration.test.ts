import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { beforeAll, expect, it } from 'vitest'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')
const session = `gaps-${process.pid}-${Date.now().toString(36)}`
const us = (text: string) => Date.parse(text) * 1000

function gaps(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, QDB_CLIENT_CONF: servers().questdb }
  return new Promise(resolve =>
    execFile(process.execPath, [main, 'gaps', '--session', session, ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

describeWithServers('tickhouse gaps', () => {
  beforeAll(async () => {
    const store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    await store.tables.fill(
      entityOf('feed_gap').table,
      [
        gap(2, '2026-11-25T01:00:05Z', '2026-11-25T01:00:07.500Z', {
          reason: 'volume_missing',
          types: '0B',
          symbols: '005930',
          missing: 1200,
        }),
        gap(1, '2026-11-25T01:00:00Z', '2026-11-25T01:00:06Z', { reason: 'disconnected', evidence: '1006' }),
        gap(3, '2026-11-25T15:00:00Z', '2026-11-25T15:00:01Z', { reason: 'stopped' }),
      ],
      AbortSignal.timeout(60_000),
    )
    store.close()
  })

  it('lists what overlaps the interval, oldest first, in Korean time, and sums it up', async () => {
    const { code, stdout } = await gaps('--from', '2026-11-25T10:00', '--to', '2026-11-25')
    expect(code).toBe(0)
    const [, , first, second, sum] = stdout.trimEnd().split('\n')
    expect(first).toMatch(/^2026-11-25T10:00:00\.000\+09:00 {2}2026-11-25T10:00:06\.000\+09:00 +6\.000 s +disconnected .* 1006 /)
    expect(second).toMatch(/ 2\.500 s +volume_missing +0B +005930 +1200 /)
    expect(sum).toBe('2 gaps, 7.500 seconds (overlapping gaps counted once), 1,200 shares missing')
    expect((await gaps('--from', '2026-11-25T10:00:06', '--to', '2026-11-25T10:00:06.5')).stdout).toContain('1 gap, 2.500 seconds')
  })

  it('gives µs in JSON, and can be asked for a reason', async () => {
    const { stdout } = await gaps('--reason', 'stopped', '--format', 'json')
    const [from, to] = [us('2026-11-25T15:00:00Z'), us('2026-11-25T15:00:01Z')]
    expect(JSON.parse(stdout)).toEqual({
      gaps: [{ from, to, duration: 1_000_000, reason: 'stopped', types: null, symbols: null, missing: null, evidence: null, session }],
      total: { gaps: 1, seconds: 1, missing_shares: 0 },
    })
  })

  it('says what it expected, and exits 2', async () => {
    expect(await gaps('--from', '25.11.2026')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a time such as 2026-11-25'),
    })
    expect(await gaps('--from', '2026-11-26', '--to', '2026-11-25')).toMatchObject({ code: 2 })
  })
})

function gap(seq: number, from: string, to: string, columns: object): DataRecord {
  const header = { timestamp: us(to) + seq, symbol: '*', venue: '*', session, seq }
  return { ...header, from_time: us(from), to_time: us(to), ...columns }
}
