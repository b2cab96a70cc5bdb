import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder: gone when the test that asked for it is done; when no test did, when the process ends. */
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
