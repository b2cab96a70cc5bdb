import { eventually, scaledTimeout, TcpProxy } from '@tickhouse/testkit'
import { expect, onTestFinished } from 'vitest'
import { ledgerEntries } from '../oracle.ts'
import { metricOf, type Pipeline, statusOf } from '../pipeline.ts'
import { conserved, describeFaults, fault, flow, gentle } from './faults.ts'

const patient = { timeoutMs: 90_000 }

describeFaults('the venue', () => {
  fault(
    'cuts the connection',
    async ({ pipeline, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      for (let cuts = random.between(2, 4); cuts > 0; cuts--) {
        await flow(pipeline, random.between(50, 300))
        await pipeline.inject({ fault: 'cut' })
      }
      await conserved(pipeline, { gap: 'disconnected' })
    },
    { always: true },
  )

  fault('leaves the connection half open: no end and no data, found by the missing PING', async ({ pipeline, random }) => {
    const silent = { collector: { KIWOOM_SILENCE: `${scaledTimeout(4_000)}ms` }, simulator: { SIMULATOR_PING_SECONDS: '1' } }
    await pipeline.run({ rate: gentle, seed: random.seed, ...silent })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'stall', forMs: scaledTimeout(random.between(8_000, 12_000)) })
    await conserved(pipeline, { gap: 'silent' })
  })

  fault('closes connections right after it has accepted them', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'hang-up', times: random.between(2, 5) })
    await pipeline.inject({ fault: 'cut' })
    await conserved(pipeline, { gap: 'disconnected' })
  })

  fault('lets another login take the session (R10001): backs off and does not fight', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed, collector: { KIWOOM_TAKEN_WAIT: '6s' } })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'kick', code: 'R10001' })
    const kickedAtMs = Date.now()
    await eventually(async () => expect((await statusOf(pipeline.running.collector!))['state']).toBe('waiting'), patient)
    await eventually(async () => expect((await statusOf(pipeline.running.collector!))['state']).toBe('live'), patient)
    expect(Date.now() - kickedAtMs).toBeGreaterThanOrEqual(6_000)
    await conserved(pipeline, { gap: 'session_taken' })
  })

  fault('ends the session for want of a heartbeat (R10002)', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'kick', code: 'R10002' })
    const { report } = await conserved(pipeline, { gap: 'heartbeat_missed' })
    expect(report.gaps).toHaveLength(1)
  })

  fault('refuses the token in mid-session (8005)', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'expire-tokens' })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'cut' })
    await conserved(pipeline, { gap: 'disconnected' })
  })

  fault('refuses registrations that come too fast (105110): they are paced and repeated', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'refuse', what: 'registration', code: 105110, times: random.between(2, 5) })
    await pipeline.inject({ fault: 'cut' })
    await conserved(pipeline, { gap: 'disconnected' })
  })

  fault('refuses registrations as too many (105115, 105118): said as gaps, the rest is captured', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    const code = random.of([105115, 105118])
    await pipeline.inject({ fault: 'refuse', what: 'registration', code, times: 1 })
    await pipeline.inject({ fault: 'cut' })
    const { report } = await conserved(pipeline, { gap: 'disconnected', gaps: ['registration_refused'] })
    const refused = report.gaps.filter(({ reason }) => reason === 'registration_refused')
    expect(refused.length).toBeGreaterThan(0)
    for (const { evidence } of refused) expect(evidence).toContain(String(code))
  })

  fault('answers a REG before the LOGIN', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'before-login', text: '{"trnm":"REG","return_code":100013,"return_msg":"%s"}', times: 1 })
    await pipeline.inject({ fault: 'cut' })
    await conserved(pipeline, { gap: 'disconnected' })
  })

  fault('splits and merges frames on the way', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    const proxy = await TcpProxy.open({ target: { port: pipeline.venuePort } })
    onTestFinished(() => proxy.close())
    await flow(pipeline, 100)
    await pipeline.running.collector!.stop()
    proxy.impair({ pieceBytes: random.between(1, 2_000) })
    await pipeline.start('collector', { KIWOOM_WS_URL: `ws://${proxy.address}` })
    await flow(pipeline, 500)
    await conserved(pipeline, { gap: 'stopped' })
  })

  fault(
    'sends garbage',
    async ({ pipeline, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      await flow(pipeline, 50)
      const garbage = [
        '',
        ' ',
        '{',
        '[]',
        'null',
        '\u0000',
        '{"trnm":"REAL"}',
        '{"trnm":"REAL","data":[1]}',
        '{"data":[{"type":"9Z"}],"trnm":"REAL"}',
      ]
      for (let texts = 20; texts > 0; texts--) {
        const text = random.between(0, 1) === 0 ? random.of(garbage) : noise(random.between(1, 5_000), () => random.between(0, 0xd7ff))
        await pipeline.inject({ fault: 'send', text })
        await flow(pipeline, random.between(0, 20))
      }
      const letters = await eventually(async () => {
        const collector = pipeline.running.collector!
        const unknown = await metricOf(collector, 'tickhouse_collector_frames_received_total', { kind: 'unknown' })
        const found = await metricOf(collector, 'tickhouse_collector_dead_letters_total')
        expect(found + unknown).toBe(20)
        return found
      }, patient)
      await conserved(pipeline, { deadLetters: letters })
    },
    { always: true },
  )

  fault('bursts: 50,000 frames at once', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.inject({ fault: 'burst', frames: 50_000 })
    await flow(pipeline, 10_000)
    const { sent } = await conserved(pipeline)
    expect(sent.captured).toBeGreaterThan(40_000)
  })

  fault('leaves out trades: the cumulative volume tells how many shares', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 300)
    for (let holes = 3; holes > 0; holes--) {
      await pipeline.inject({ fault: 'lose', frames: random.between(20, 300) })
      await flow(pipeline, 300)
    }
    const { report, sessions } = await conserved(pipeline, { gap: 'volume_missing' })
    expect(report.gaps.length).toBeGreaterThan(0)
    expect(await missingShares(pipeline, sessions)).toEqual(lostShares(pipeline))
  })
})

function noise(length: number, next: () => number): string {
  return Array.from({ length }, () => String.fromCharCode(next())).join('')
}

/** Shares that gaps name, by item. */
async function missingShares({ store }: Pipeline, sessions: readonly string[]): Promise<Record<string, number>> {
  const rows = await store.query<{ symbols: string; missing: number }>(
    `SELECT symbols, sum(missing) AS missing FROM feed_gap WHERE reason = 'volume_missing' AND session = '${sessions[0]}' GROUP BY symbols`,
  )
  return sorted(rows.map(({ symbols, missing }) => [symbols, missing]))
}

/** Shares of the trades that the venue left out between two that it sent, by item. */
function lostShares({ ledger }: Pipeline): Record<string, number> {
  const shares = new Map<string, number>()
  const waiting = new Map<string, number>()
  for (const { sessions, items } of ledgerEntries(ledger))
    for (const { type, item, fids } of items) {
      if (type !== '0B') continue
      if (sessions.length > 0) {
        const lost = waiting.get(item) ?? 0
        if (lost > 0) shares.set(item, (shares.get(item) ?? 0) + lost)
        waiting.set(item, 0)
      } else if (waiting.has(item)) waiting.set(item, waiting.get(item)! + Math.abs(Number(fids['15'])))
    }
  return sorted([...shares])
}

function sorted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
