import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const pictures = [
  { colorScheme: 'light', file: 'live-page.png' },
  { colorScheme: 'dark', file: 'live-page-dark.png' },
] as const

/** How long the pages are open before they are taken: their plots begin when they are opened. */
const openMs = 90_000
/** A clone should stay small. */
const maxBytes = 300_000

/** Takes both pictures of a live page at the same moment, once its plots show something. Throws for one that is too large. */
export async function takePictures(browser: Browser, url: string): Promise<void> {
  const open = await Promise.all(pictures.map(async picture => ({ ...picture, page: await opened(browser, url, picture.colorScheme) })))
  await delay(openMs)
  for (const { page, file } of open) await take(page, join(docs, file))
}

async function opened(browser: Browser, url: string, colorScheme: 'light' | 'dark'): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 832 } })
  await page.goto(url)
  return page
}

async function take(page: Page, path: string): Promise<void> {
  await page.screenshot({ path })
  const { size } = statSync(path)
  console.log(`${path}: ${Math.round(size / 1000)} kB`)
  if (size > maxBytes) throw new Error(`Expected a picture of at most ${maxBytes} bytes, was ${size}: ${path}`)
}
