import { createLogger } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { servePage } from '../src/serve/serve-page.ts'
import type { PageState } from '../src/state/page-state.ts'
import { barriers, launch, open, reasonToSkip } from './browser.ts'
import { fleetOf, stateOf } from './states.ts'

const log = createLogger({ name: 'tests', level: 'silent' })
const reason = reasonToSkip()
const patient = { timeoutMs: 20_000 }
const questdbAway: Partial<PageState> = {
  problems: [
    {
      about: 'questdb',
      condition: 'bad',
      problem: 'QuestDB does not answer (fetch failed)',
      remedy: 'tail questdb.log   (it is started again)',
    },
  ],
}

describe.skipIf(reason !== undefined)(`the page in a browser${reason ? ` (skipped, because ${reason})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  }, 90_000)
  afterAll(() => browser?.close())

  test('shows rates, datasets and that nothing is wrong, without a complaint of the browser', { timeout: 60_000 }, async () => {
    const { url } = await serve(() => stateOf())
    const { page, faults } = await open(browser, url)
    await eventually(async () => expect(await textOf(page, '#problems-title')).toBe('Nothing is wrong'), patient)
    expect(await page.locator('#picture .rate').allTextContents()).toEqual(Array(5).fill('53 /s'))
    expect(await page.locator('#dataset-rows th').allTextContents()).toEqual(['trade0B', 'order_book0D', 'feed_gap'])
    expect(await page.locator('#pipeline-words li').first().textContent()).toBe('venue: ready, 53 records a second to collector')
    expect(await page.locator('.plot canvas').count()).toBe(2)
    expect(faults).toEqual([])
  })

  test('says what is wrong in words and announces it once; when it is mended it says that too', { timeout: 60_000 }, async () => {
    let more: Partial<PageState> = {}
    const { url } = await serve(() => stateOf(more))
    const { page } = await open(browser, url)
    await eventually(async () => expect(await textOf(page, '#problems-title')).toBe('Nothing is wrong'), patient)
    more = questdbAway
    await eventually(async () => expect(await textOf(page, '#announcement')).toContain('QuestDB does not answer'), patient)
    expect(await textOf(page, '#problem-list code')).toBe('tail questdb.log')
    expect(await page.title()).toContain('(1) tickhouse: QuestDB does not answer')
    more = {}
    await eventually(async () => expect(await textOf(page, '#announcement')).toBe('Nothing is wrong any more'), patient)
  })

  test('shows each of several collectors by name, those that do not answer too, and a line of sessions for each', {
    timeout: 60_000,
  }, async () => {
    const { url } = await serve(() => fleetOf())
    const { page, faults } = await open(browser, url)
    await page.locator('#collectors').waitFor()
    const rows = await page.locator('#collectors tbody tr, #collectors tfoot tr').all()
    expect(await Promise.all(rows.map(row => row.locator('th, td').allTextContents()))).toEqual([
      ['collector-1', 'ready', 'live', '53', '4', '1.2 MB', '2'],
      ['collector-2', 'no answer', '?', '?', '?', '?', '?'],
      ['together', '', '', '53', '4', '1.2 MB', '2'],
    ])
    expect(await page.locator('#lanes text').allTextContents()).toEqual(expect.arrayContaining(['collector-1', 'collector-2', 'gaps']))
    expect(await textOf(page, '#session-words')).toMatch(
      /^Session 1m82rkex8z2g of collector-1 is open for 60 s\. Session 1m82rkexabcd of collector-2: its collector does not answer\. In the last 10 min: 2 sessions/,
    )
    expect(faults).toEqual([])
  })

  test('the only collector has no table of its own', { timeout: 60_000 }, async () => {
    const { url } = await serve(() => stateOf())
    const { page } = await open(browser, url)
    await eventually(async () => expect(await textOf(page, '#problems-title')).toBe('Nothing is wrong'), patient)
    expect(await page.locator('#collectors').isVisible()).toBe(false)
    expect(await page.locator('#lanes text').first().textContent()).toBe('sessions')
  })

  test('the keyboard reaches the heads of the table and sorts with them', { timeout: 60_000 }, async () => {
    const { url } = await serve(() => stateOf())
    const { page } = await open(browser, url)
    await page.locator('#dataset-rows tr').first().waitFor()
    const focused = () => page.evaluate('document.activeElement.textContent')
    for (let pressed = 0; pressed < 20 && (await focused()) !== 'rows'; pressed++) await page.keyboard.press('Tab')
    expect(await focused()).toBe('rows')
    const first = () => textOf(page, '#dataset-rows th')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    expect(await page.locator('th[aria-sort=ascending]').textContent()).toContain('rows')
    expect(await first()).toBe('feed_gap')
    await page.keyboard.press('Enter')
    expect(await first()).toBe('trade0B')
  })

  test('when its own server is gone it says so, and goes on when that is back', { timeout: 60_000 }, async () => {
    const { url, close } = await serve(() => stateOf())
    const { page } = await open(browser, url)
    await eventually(async () => expect(await textOf(page, '#problems-title')).toBe('Nothing is wrong'), patient)
    await close()
    await eventually(async () => expect(await textOf(page, '#connection')).toContain('does not answer since'), patient)
    await serve(() => stateOf(questdbAway), Number(new URL(url).port))
    await eventually(async () => expect(await textOf(page, '#connection')).toBe(''), patient)
    expect(await textOf(page, '#problems-title')).toBe('One thing is wrong')
  })

  test.each(['light', 'dark'] as const)(
    'nothing keeps anybody out, and nothing is wider than a telephone (%s)',
    { timeout: 60_000 },
    async colorScheme => {
      const gap = { fromMs: Date.now() - 30_000, toMs: Date.now() - 29_000, reason: 'disconnected', concerns: 'all types' }
      const { url } = await serve(() =>
        fleetOf({ ...questdbAway, gaps: [gap], links: [{ name: 'SQL console', url: 'http://127.0.0.1:9000' }] }),
      )
      const { page } = await open(browser, url, { colorScheme, viewport: { width: 420, height: 900 }, bypassCSP: true })
      await page.locator('#gap-rows tr').first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420)
      expect(await barriers(page)).toEqual([])
    },
  )
})

async function serve(state: () => PageState, port = 0) {
  const page = await servePage({ look: async () => state(), port, log })
  onTestFinished(() => page.close())
  return page
}

function textOf(page: Page, selector: string): Promise<string | null> {
  return page.locator(selector).first().textContent()
}
