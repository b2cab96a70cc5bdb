import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const schemes = [
  { colorScheme: 'light', suffix: '.png' },
  { colorScheme: 'dark', suffix: '-dark.png' },
] as const

/** How long the pages are open before they are taken: their plots begin when they are opened. */
const openMs = 90_000
/** QuestDB makes bars once a minute, and the page looks again by itself. */
const barsMs = 150_000
/** A chart moves to the chosen bar, and the book and the trades of it come. */
const settleMs = 1_000
const viewport = { width: 1280, height: 832 }
/** How often the first paint is measured. */
const paints = 5
/** A clone should stay small. */
const maxBytes = 300_000

/** Takes both pictures of a live page at the same moment, once its plots show something. Throws for one that is too large. */
export async function takePipeline(browser: Browser, url: string): Promise<void> {
  const open = await opened(browser, url)
  await delay(openMs)
  await take(open, 'live-page')
}

/** Takes both pictures of a day of the first stock in the market page, and tells how soon a browser shows it. */
export async function takeMarket(browser: Browser, url: string, date: string): Promise<void> {
  const address = `${url}/market?symbol=005930&date=${date}&interval=5m&venue=KRX`
  const open = await opened(browser, address)
  for (const { page } of open) {
    await wholeDay(page)
    await page.locator('#mark-rows .gap button').last().click()
    await page.locator('#release').waitFor()
    await delay(settleMs)
  }
  await take(open, 'market')
  for (let time = 1; time <= paints; time++) console.log(`market page ${time}: ${await paintTimes(browser, address)}`)
}

/** Until QuestDB has made all bars of the day: the last one is that in which KRX closes. */
async function wholeDay(page: Page): Promise<void> {
  const isWhole = async () => /^19:5[05]/.test((await page.locator('#figures').textContent({ timeout: barsMs })) ?? '')
  for (const until = Date.now() + barsMs; !(await isWhole()); await page.reload()) {
    if (Date.now() > until) throw new Error(`Expected all bars of the day within ${barsMs / 1000} s`)
    await delay(5_000)
  }
}

/** How long a new window takes to its first paint, and until the bars are drawn, ms. */
async function paintTimes(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage({ viewport })
  await page.goto(url)
  await page.locator('#asks tr').first().waitFor()
  const entries = "performance.getEntries().filter(({ name }) => ['first-contentful-paint', 'market-shown'].includes(name))"
  const times = await page.evaluate(`${entries}.map(({ name, startTime }) => name + ' ' + Math.round(startTime) + ' ms').join(', ')`)
  await page.close()
  return String(times)
}

type Opened = readonly { readonly page: Page; readonly suffix: string }[]

async function opened(browser: Browser, url: string): Promise<Opened> {
  return await Promise.all(
    schemes.map(async ({ colorScheme, suffix }) => {
      const page = await browser.newPage({ colorScheme, viewport })
      await page.goto(url)
      return { page, suffix }
    }),
  )
}

async function take(open: Opened, name: string): Promise<void> {
  for (const { page, suffix } of open) {
    const path = join(docs, `${name}${suffix}`)
    await page.screenshot({ path })
    const { size } = statSync(path)
    console.log(`${path}: ${Math.round(size / 1000)} kB`)
    if (size > maxBytes) throw new Error(`Expected a picture of at most ${maxBytes} bytes, was ${size}: ${path}`)
  }
}
