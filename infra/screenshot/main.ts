import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, reasonToSkip } from '../../packages/page/test/chromium.ts'
import { takeMarket, takePipeline } from './pictures.ts'
import { startPipeline } from './pipeline.ts'

// Takes the pictures of the live page and of the market page that the documentation shows, of a pipeline that runs for this: docs/live-page*.png and docs/market*.png.
const reason = reasonToSkip()
if (reason !== undefined) process.exit(1)
const data = mkdtempSync(join(tmpdir(), 'tickhouse-screenshot-'))
const pipeline = startPipeline(data)
const browser = await launch()
try {
  const url = await pipeline.page()
  await takePipeline(browser, url)
  await takeMarket(browser, url, await pipeline.storeDay())
} finally {
  await browser.close()
  await pipeline.close()
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
}
