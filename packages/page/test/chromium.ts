import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .filter(path => path !== undefined)
  .find(path => existsSync(path))

const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
const quiet = ['--disable-background-networking', '--disable-component-update']

/** Why tests in a browser cannot run here; undefined when they can. Says it loudly. */
export function reasonToSkip(): string | undefined {
  if (executablePath !== undefined) return undefined
  const reason = 'there is no Chromium (install it, or name one with CHROMIUM_PATH)'
  process.stderr.write(
    `\n${'!'.repeat(100)}\nNO BROWSER: every test of the page in a browser is SKIPPED, because\n${reason}.\n${'!'.repeat(100)}\n\n`,
  )
  return reason
}

/** A Chromium without a window. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, args: [...args, ...quiet], timeout: 60_000 })
}
