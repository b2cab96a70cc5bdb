import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { metricsPage } from './page.ts'

// Writes docs/metrics.md; with --check it only says whether it differs, and exits 1 if so.
const file = join(import.meta.dirname, '..', '..', 'docs', 'metrics.md')
const isStale = !existsSync(file) || readFileSync(file, 'utf8') !== metricsPage()

if (!process.argv.includes('--check')) writeFileSync(file, metricsPage())
else if (isStale) {
  console.error('docs/metrics.md is not what the metrics are declared as: run npm run generate and commit')
  process.exitCode = 1
}
