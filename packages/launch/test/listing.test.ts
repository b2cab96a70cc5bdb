import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import type { ListedInstrument } from '@tickhouse/catalogue'
import { simulatorCredentials } from '@tickhouse/kiwoom'
import { eventually } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { KeptListing, type KeptListingDeps } from '../src/listing.ts'

/** A venue with one instrument, which counts how often it is asked for the list of KOSPI. */
async function venue() {
  const state = { asked: 0, isAway: false, restUrl: '' }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const list = JSON.parse(body).mrkt_tp === '0' ? [{ code: '005930', name: '삼성전자' }] : null
    if (list !== null) state.asked++
    response.writeHead(state.isAway ? 502 : 200, { 'content-type': 'application/json' })
    response.end(state.isAway ? 'away' : JSON.stringify({ token: 'T', expires_dt: '20991231000000', list, return_code: 0 }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve()) && server.closeAllConnections()))
  state.restUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

/** A start that keeps the list, at a time that the test sets; what it stored and what it said. */
async function kept(more: Partial<KeptListingDeps> = {}) {
  const at = { nowUs: momentOf('2026-11-30', '10:00'), looks: 0 }
  const asked = await venue()
  const stored: (readonly ListedInstrument[])[] = []
  const said: string[] = []
  const instruments = {
    list: async (listed: readonly ListedInstrument[]) => {
      stored.push(listed)
      return { listing: listed.length, instrument: listed.length }
    },
    listedUpTo: async (): Promise<string | null> => null,
  }
  const nowUs = () => {
    at.looks++
    return at.nowUs
  }
  const access = () => ({ environment: 'simulator' as const, restUrl: asked.restUrl, ...simulatorCredentials })
  const listing = new KeptListing({
    ...{ access, isSimulated: false, store: { instruments }, calendar: new TradingCalendar() },
    ...{ say: (sentence: string) => void said.push(sentence), nowUs, everyMs: 1, ...more },
  })
  const stop = new AbortController()
  const keep = () => {
    const keeping = listing.keep(stop.signal)
    onTestFinished(async () => {
      stop.abort()
      await keeping
    })
  }
  return { at, asked, stored, said, instruments, keep, beforeCapture: () => listing.beforeCapture(stop.signal) }
}

test('a real venue is asked before the capture begins, and on the next trading day as soon as it is day and nothing trades', async () => {
  const { at, stored, keep, beforeCapture } = await kept()
  await beforeCapture()
  expect(stored).toMatchObject([[{ symbol: '005930', name: '삼성전자' }]])
  const times = ['2026-11-30T23:00', '2026-12-01T05:59', '2026-12-01T08:30', '2026-12-01T14:00']
  keep()
  for (const time of times) {
    at.nowUs = momentOf(time.slice(0, 10), time.slice(11))
    const before = at.looks
    await eventually(() => at.looks > before + 10)
  }
  expect(stored).toHaveLength(1)
  at.nowUs = momentOf('2026-12-01', '20:30')
  await eventually(() => stored.length === 2)
  at.nowUs = momentOf('2026-12-02', '06:00')
  await eventually(() => stored.length === 3)
})

test('a venue whose list of the trading day is there is not asked again by the next start', async () => {
  const { asked, instruments, beforeCapture } = await kept()
  instruments.listedUpTo = async () => '2026-11-30'
  await beforeCapture()
  expect(asked.asked).toBe(0)
})

test('a simulator is asked at any time', async () => {
  const { stored, keep } = await kept({ isSimulated: true })
  keep()
  await eventually(() => stored.length === 1)
})

test('a venue that does not answer is told, and asked again; nobody waits for it', async () => {
  const { asked, stored, said, keep, beforeCapture, at } = await kept()
  asked.isAway = true
  await beforeCapture()
  expect(said).toEqual([expect.stringMatching(/^The venue's list of instruments was not taken over; names are as they were: /)])
  asked.isAway = false
  at.nowUs = momentOf('2026-11-30', '21:00')
  keep()
  await eventually(() => stored.length === 1)
})

test('where no keys are known nothing is asked', async () => {
  const { asked, said, keep, beforeCapture } = await kept({ access: () => undefined, isSimulated: true })
  await beforeCapture()
  keep()
  expect([asked.asked, said]).toEqual([0, []])
})
