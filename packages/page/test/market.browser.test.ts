import { createLogger } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type AnswerMarket, servePage } from '../src/serve/serve-page.ts'
import { barriers, launch, open, reasonToSkip } from './browser.ts'
import { asAsked, chartOf, marketOf } from './market/answers.ts'
import { stateOf } from './states.ts'

const log = createLogger({ name: 'tests', level: 'silent' })
const reason = reasonToSkip()
const patient = { timeoutMs: 20_000 }
const timeout = { timeout: 60_000 }

describe.skipIf(reason !== undefined)(`the market in a browser${reason ? ` (skipped, because ${reason})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  }, 90_000)
  afterAll(() => browser?.close())

  test('shows candles, the book with its spread, the trades and the marks, without a complaint of the browser', timeout, async () => {
    const { page, faults } = await opened(browser, marketOf().answer)
    await shows(page, 'C 71,700')
    expect(await textOf(page, '#symbol-title')).toBe('005930삼성전자5m · KRX + NXT')
    expect(await textOf(page, '#figures')).toBe('09:55O 71,650H 71,800L 71,600C 71,700+100 (+0.14 %)Vol 1,234')
    await page.locator('#asks tr').first().waitFor()
    expect(await cells(page, '#asks tr')).toEqual([
      ['ask', '71,200', '20', '20', ''],
      ['ask', '71,100', '12', '10', '2'],
    ])
    expect(await cells(page, '#spread tr')).toEqual([['spread', '100 · 14.1 bp']])
    expect(await cells(page, '#sale-rows tr')).toEqual([
      ['09:00:02', '71,100', '3', '▲ buy', 'KRX'],
      ['09:00:01', '71,000', '4', '▼ sell', 'NXT'],
      ['09:00:00', '71,000', '5', 'auction', 'KRX'],
    ])
    expect(await page.locator('#mark-rows .what').allTextContents()).toEqual([
      'gap: disconnected',
      'volatility interruption 1 up',
      'opening auction',
    ])
    expect(await page.locator('#chart canvas').count()).toBeGreaterThan(3)
    expect(await page.locator('a[href="https://www.tradingview.com/"]').isVisible()).toBe(true)
    expect(faults).toEqual([])
  })

  test('the keyboard searches, and changes interval, venue and day', timeout, async () => {
    const { answer, asked } = marketOf(asAsked)
    const { page } = await opened(browser, answer)
    await shows(page, 'C 71,700')
    const last = (kind: string) => asked.findLast(question => question.startsWith(kind))
    const press = async (key: string, question: string) => {
      await page.keyboard.press(key)
      await eventually(() => expect(last('chart')).toBe(`chart.json?${question}`), patient)
      await eventually(async () => expect(await page.locator('body.loading').count()).toBe(0), patient)
    }
    await press(']', 'venue=consolidated&interval=15m')
    await press('v', 'venue=KRX&interval=15m')
    await press('Shift+ArrowLeft', 'venue=KRX&interval=15m&date=2026-11-26')
    await page.keyboard.press('/')
    await page.keyboard.type('00')
    await page.locator('#found-1').waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('#search').getAttribute('aria-activedescendant')).toBe('found-1')
    await press('Enter', 'symbol=000660&venue=KRX&interval=15m')
    expect(new URL(page.url()).search).toBe('?symbol=000660&venue=KRX&interval=15m')
    await page.goBack()
    await eventually(() => expect(last('chart')).toContain('date=2026-11-26'), patient)
  })

  test('the arrows go from bar to bar, with the book of its end, and Escape goes back', timeout, async () => {
    const { answer, asked } = marketOf()
    const { page } = await opened(browser, answer)
    await shows(page, 'C 71,700')
    await page.locator('#chart').focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await shows(page, 'C 71,600')
    const end = (chartOf().bars.at[6]! + 300) * 1_000_000 - 1
    await eventually(() => expect(asked.at(-1)).toContain(`at=${end}`), patient)
    expect(await textOf(page, '#announcement')).toContain('C 71,600')
    await page.keyboard.press('Escape')
    await shows(page, 'C 71,700')
    expect(await page.locator('#release').isVisible()).toBe(false)
  })

  test('today goes on by itself: the last bar grows and the next one comes', timeout, async () => {
    const start = chartOf()
    let answers = 0
    const { answer, asked } = marketOf(params => {
      if (!params.has('since')) return chartOf({ isToday: true })
      const [at, price] = [[start.bars.at.at(-1)! + 300], [72_000 + ++answers]]
      return chartOf({ isToday: true, bars: { at, open: price, high: price, low: price, close: price, volume: [1] }, marks: [] })
    })
    const { page } = await opened(browser, answer)
    await shows(page, 'C 72,002')
    expect(asked.find(question => question.includes('since='))).toContain(`since=${start.bars.at.at(-2)! * 1_000_000}`)
    expect(await textOf(page, '#moment')).toMatch(/^live · /)
  })

  test('a name is only ever shown: it neither runs nor turns the line nor widens the page', timeout, async () => {
    const { page, faults } = await opened(browser, marketOf(asAsked).answer, { viewport: { width: 360, height: 800 } }, '?symbol=000660')
    await shows(page, 'C 71,700')
    await page.locator('#search').focus()
    await page.locator('#found-1').waitFor()
    expect(await textOf(page, '#symbol-title')).toMatch(
      /^000660\\u202e<img src=x onerror="document\.title='owned'"><b id=forged>\\u001b\[2JN+…/,
    )
    expect(await page.locator('#forged, #symbol-title img, #found img').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    expect(faults).toEqual([])
  })

  test('a day without trades says why and what to do; so does a QuestDB that is away, until it is back', timeout, async () => {
    const bars = { at: [], open: [], high: [], low: [], close: [], volume: [] }
    const note = { problem: 'No trades of 005930 on 2026-11-29: a Sunday.', remedy: 'The nearest dates to look at: 2026-11-27 before it.' }
    let status = 503
    const { answer } = marketOf(
      () => chartOf({ bars, marks: [], note }),
      () => status,
    )
    const { page } = await opened(browser, answer)
    await eventually(async () => expect(await textOf(page, '#connection')).toBe('QuestDB at http://q cannot be reached. Look.'), patient)
    status = 200
    await eventually(async () => expect(await textOf(page, '#note')).toBe(note.problem + note.remedy), patient)
    expect(await textOf(page, '#connection')).toBe('')
  })

  test.each(['light', 'dark'] as const)(
    'nothing keeps anybody out, and nothing is wider than a telephone (%s)',
    timeout,
    async colorScheme => {
      const options = { colorScheme, viewport: { width: 360, height: 900 }, bypassCSP: true }
      const { page } = await opened(browser, marketOf().answer, options)
      await shows(page, 'C 71,700')
      await page.locator('#asks tr').first().waitFor()
      await page.locator('#search').focus()
      await page.locator('#found-1').waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      expect(await barriers(page)).toEqual([])
    },
  )
})

async function opened(browser: Browser, market: AnswerMarket, options: Parameters<typeof open>[2] = {}, search = '') {
  const { url, close } = await servePage({ look: async () => stateOf(), market, port: 0, log })
  onTestFinished(close)
  return await open(browser, `${url}/market${search}`, options)
}

async function shows(page: Page, figure: string): Promise<void> {
  await eventually(async () => expect(await textOf(page, '#figures')).toContain(figure), patient)
}

async function cells(page: Page, selector: string): Promise<string[][]> {
  const rows = await page.locator(selector).all()
  return await Promise.all(rows.map(row => row.locator('th, td').allTextContents()))
}

function textOf(page: Page, selector: string): Promise<string | null> {
  return page.locator(selector).first().textContent()
}
