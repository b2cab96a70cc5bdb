import type { MarketPhase } from '@tickhouse/calendar'
import { koreanClock } from './text.ts'

/** What the venue announces of the day: FID 215, 20 and 214. */
export interface MarketNotice {
  readonly atS: number
  readonly code: string
  readonly time: string
  readonly left: string
}

/** What is announced at the beginning and the end of a phase. 8 and 9 are said to come with times that are none. */
const codes: Readonly<Record<string, { readonly from?: string; readonly to?: string; readonly before?: string }>> = {
  'KRX opening_auction': { before: '0' },
  'KRX continuous': { from: '3' },
  'KRX closing_auction': { from: '2', before: '2', to: '48' },
  'KRX after_hours_closing_price': { from: 'a', to: 'b' },
  'KRX after_hours_single_price': { from: 'c', to: 'd' },
  'NXT pre_market': { from: 'P', to: 'Q' },
  'NXT continuous': { from: 'R', to: 'S' },
  'NXT after_market_closing_price': { from: 'T' },
  'NXT after_market': { from: 'U', to: 'V' },
}
const timeless: Readonly<Record<string, string>> = { '8': '888888', '9': '999999' }
/** How long before the end of an auction it is announced, in minutes. */
const countdown = [20, 10, 5, 1]

/** The announcements of a day in the order of time; the KRX after-market has no code that is known. */
export function noticesOf(phases: readonly MarketPhase[]): MarketNotice[] {
  const notices = phases.flatMap(({ venue, phase, fromUs, toUs }) => {
    const { from = '', to = '', before = '' } = codes[`${venue} ${phase}`] ?? {}
    const left = before === '' ? '000000' : clock((toUs - fromUs) / 1e6)
    return [
      ...[...from].map(code => noticeAt(fromUs / 1e6, code, left)),
      ...(before === '' ? [] : countdown)
        .map(minutes => ({ atS: toUs / 1e6 - minutes * 60, minutes }))
        .filter(({ atS }) => atS > fromUs / 1e6)
        .map(({ atS, minutes }) => noticeAt(atS, before, clock(minutes * 60))),
      ...[...to].map(code => noticeAt(toUs / 1e6, code, '000000')),
    ]
  })
  const lastS = Math.max(...phases.filter(({ venue }) => venue === 'KRX').map(({ toUs }) => toUs / 1e6))
  if (Number.isFinite(lastS)) notices.push(noticeAt(lastS, '9', '000000'))
  return notices.sort((a, b) => a.atS - b.atS)
}

export function noticeAt(atS: number, code: string, left: string): MarketNotice {
  return { atS, code, time: timeless[code] ?? koreanClock(atS * 1_000), left }
}

function clock(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return two(seconds / 3600) + two((seconds / 60) % 60) + two(seconds % 60)
}
