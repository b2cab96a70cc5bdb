import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { generatedFiles } from './files.ts'

// Writes what is derived from the catalogue; with --check it only says what differs, and exits 1 if something does.
const folder = join(import.meta.dirname, '..', '..', 'generated')
const framesFolder = join(import.meta.dirname, '..', '..', '..', 'testkit', 'fixtures', 'frames')
const frames = readdirSync(framesFolder)
  .sort()
  .map(name => [parse(name).name, readFileSync(join(framesFolder, name), 'utf8')] as const)
const files = generatedFiles(new Map(frames))
const present = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
const stale = present
  .filter(entry => entry.isFile())
  .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
  .filter(path => !files.has(path))
const changed = [...files]
  .filter(([path, text]) => !existsSync(join(folder, path)) || readFileSync(join(folder, path), 'utf8') !== text)
  .map(([path]) => path)

if (process.argv.includes('--check')) {
  for (const path of [...changed, ...stale])
    console.error(`packages/catalogue/generated/${path} is not what the catalogue says: run npm run generate and commit`)
  process.exitCode = changed.length + stale.length > 0 ? 1 : 0
} else {
  for (const path of stale) rmSync(join(folder, path))
  for (const path of changed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), files.get(path)!)
  }
  console.log(`${files.size} files, ${changed.length} written, ${stale.length} removed`)
}
