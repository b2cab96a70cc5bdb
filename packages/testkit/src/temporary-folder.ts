import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder: gone when the test that asked for it is done; outside of tests when the process ends. Not for hooks: vitest ends its workers from outside. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tickhouse-'))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  try {
    onTestFinished(remove)
  } catch {
    process.once('exit', remove)
  }
  return path
}
