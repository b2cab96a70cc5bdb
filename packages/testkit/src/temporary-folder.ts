import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder: gone when the test that asked for it is done; outside of tests when the process ends. Not for hooks: vitest ends its workers from outside. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tickhouse-'))
  const remove = () => removeFolder(path)
  try {
    onTestFinished(remove)
  } catch {
    process.once('exit', remove)
  }
  return path
}

/** Removes a folder, although servers that are ending may still write to it. Node.js gives up without a word where one of them removes a file meanwhile, hence the loop. */
export function removeFolder(path: string): void {
  do rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  while (existsSync(path))
}
