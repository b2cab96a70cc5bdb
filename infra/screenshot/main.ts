import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, reasonToSkip } from '../../packages/page/test/chromium.ts'
import { takePictures } from './pictures.ts'
import { startPipeline } from './pipeline.ts'

// Takes the pictures of the live page that the README shows, of a pipeline that runs for this: docs/live-page.png and docs/live-page-dark.png.
const reason = reasonToSkip()
if (reason !== undefined) process.exit(1)
const data = mkdtempSync(join(tmpdir(), 'tickhouse-screenshot-'))
const pipeline = startPipeline(data)
const browser = await launch()
try {
  await takePictures(browser, await pipeline.page())
} finally {
  await browser.close()
  await pipeline.close()
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
}
