import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describeWithServers, eventually, servers, TcpProxy, temporaryFolder } from '@tickhouse/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { launch, open, reasonToSkip } from '../packages/page/test/browser.ts'
import { Pipeline } from './pipeline.ts'

const main = join(import.meta.dirname, '..', 'packages', 'cli', 'src', 'main.ts')
const reason = reasonToSkip()
const patient = { timeoutMs: 40_000, intervalMs: 200 }

describeWithServers('the page of a running pipeline', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (reason === undefined) browser = await launch()
  }, 90_000)
  afterAll(() => browser?.close())

  it.skipIf(reason !== undefined)(
    `shows rates under load, says in words that QuestDB is gone while the rest goes on, and that nothing is wrong when it is back${reason ? ` (skipped, because ${reason})` : ''}`,
    async () => {
      const { brokers, questdb, httpUrl } = servers()
      const proxy = await TcpProxy.open({ target: { port: Number(new URL(httpUrl).port) } })
      onTestFinished(() => proxy.close())
      const behindProxy = questdb.replace(/addr=[^;]+/, `addr=${proxy.address}`)
      const pipeline = await Pipeline.open({ brokers, questdb: behindProxy })
      onTestFinished(() => pipeline.close())
      await pipeline.run({ rate: 200 })
      const { page, faults } = await open(browser!, await pageOf(pipeline, behindProxy))

      await eventually(async () => {
        expect(Math.min(...(await figures(page, '#picture .rate')))).toBeGreaterThan(0)
        expect(await rateOf(page, 'trade')).toBeGreaterThan(0)
        expect(await page.locator('#late-now').textContent()).toMatch(/latency \d/)
        expect(await page.locator('#session-words').textContent()).toContain('is open for')
      }, patient)

      await proxy.cut()
      await eventually(async () => {
        expect(await page.locator('#problem-list').textContent()).toContain('QuestDB does not answer')
        expect(await page.locator('.stage.bad .name').allTextContents()).toEqual(['QuestDB'])
      }, patient)
      expect(await rateOf(page, 'trade')).toBeGreaterThan(0)

      await proxy.restore()
      await eventually(async () => {
        expect(await page.locator('#problem-list').textContent()).not.toContain('QuestDB does not answer')
        expect(await page.locator('.stage.bad').count()).toBe(0)
      }, patient)
      expect(faults).toEqual([])
    },
  )
})

/** Serves the page with the command; its address. */
async function pageOf({ running }: Pipeline, configurationString: string): Promise<string> {
  const { PATH, HOME } = process.env
  const addresses = {
    COLLECTOR_URL: running.collector!.announced.url,
    SINK_URL: running.sink!.announced.url,
    QDB_CLIENT_CONF: configurationString,
  }
  const words = [main, 'page', '--data', temporaryFolder()]
  const child = spawn(process.execPath, words, { env: { PATH, HOME, HTTP_PORT: '0', ...addresses }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return line.toString().trim()
}

async function figures(page: Page, selector: string): Promise<number[]> {
  const texts = await page.locator(selector).allTextContents()
  return texts.map(text => Number.parseFloat(text.replaceAll(',', '')))
}

async function rateOf(page: Page, dataset: string): Promise<number> {
  return (await figures(page, `[data-dataset=${dataset}] td`))[0]!
}
