import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a page, by its path in the repository; with `--check` it only says whether the page differs from its declarations, and exits 1 if so. */
export function writeOrCheck(path: string, text: string, declarations: string): void {
  const file = join(import.meta.dirname, '..', path)
  const isStale = !existsSync(file) || readFileSync(file, 'utf8') !== text
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (isStale) {
    console.error(`${path} is not what ${declarations} are declared as: run npm run generate and commit`)
    process.exitCode = 1
  }
}
