import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untold } from '@tickhouse/runtime'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { certificateFile, datasetFile, manifestFile } from '../src/layout.ts'
import type { ArchivedDataset, Manifest } from '../src/manifest.ts'
import { verifyArchive } from '../src/verify-archive.ts'
import { date, smallArchive } from './small-archive.ts'

const signal = new AbortController().signal
const file = datasetFile('gold_price', date)
let folder: string
let archive: string
let dataset: ArchivedDataset
let manifest: Buffer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tickhouse-archive-'))
  archive = join(folder, 'archive')
  dataset = await smallArchive(folder)
  manifest = readFileSync(join(archive, manifestFile(date)))
})
beforeEach(() => writeFileSync(join(archive, manifestFile(date)), manifest))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function problems(): Promise<string[]> {
  return (await verifyArchive(archive, undefined, { tell: untold, signal })).flatMap(finding => finding.problems)
}

test('an archive as it was written has no problems', async () => {
  expect(await verifyArchive(archive, date, { tell: untold, signal })).toEqual([
    { date, dataset: '*', rows: 0, bytes: 28, problems: [] },
    { date, dataset: 'gold_price', rows: 1_000, bytes: dataset.file!.bytes, problems: [] },
  ])
})

test('whichever bit of a file is flipped, the file is named', async () => {
  const files = [file, certificateFile(date)]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(7), async (name, at, bit) => {
      const path = join(archive, name)
      const bytes = readFileSync(path)
      const flipped = Buffer.from(bytes)
      flipped[at % bytes.length]! ^= 1 << bit
      writeFileSync(path, flipped)
      const found = await problems()
      writeFileSync(path, bytes)
      expect(found[0]).toMatch(new RegExp(`^${name}: expected SHA-256 `))
    }),
    { numRuns: 50 },
  )
})

test('a file that is gone, was cut, or is in no manifest is named', async () => {
  const path = join(archive, file)
  const bytes = readFileSync(path)
  rmSync(path)
  expect(await problems()).toEqual([expect.stringMatching(`^${file}: cannot be read: ENOENT`)])
  writeFileSync(path, bytes.subarray(0, 100))
  expect(await problems()).toEqual([
    `${file}: expected ${bytes.length} bytes, found 100`,
    expect.stringMatching(`^${file}: cannot be read as Parquet: `),
  ])
  writeFileSync(path, bytes)
  const stranger = file.replace('gold_price-', 'copy-')
  copyFileSync(path, join(archive, stranger))
  expect(await problems()).toEqual([`${stranger}: no manifest names it, and readers of the folder would find it`])
  rmSync(join(archive, stranger))
})

test('rows that the manifest does not expect are named by their session', async () => {
  const [first, second] = dataset.sessions
  const sessions = [{ ...first!, rows: 499 }]
  writeFileSync(
    join(archive, manifestFile(date)),
    JSON.stringify({ ...(JSON.parse(String(manifest)) as Manifest), datasets: [{ ...dataset, sessions }] }),
  )
  expect(await problems()).toEqual([
    expect.stringMatching(`^${file}: session s1: expected 499 rows, .*; found 500 rows`),
    expect.stringMatching(`^${file}: session ${second!.session}: expected none; found 500 rows`),
  ])
})

test('a manifest that cannot be read, and a date that is not there, are said', async () => {
  writeFileSync(join(archive, manifestFile(date)), '{"format":"tickhouse archive","version":2}')
  await expect(problems()).rejects.toThrow(/manifest\.json cannot be read: expected "tickhouse archive", version 1, of 2026-11-25, was/)
  await expect(verifyArchive(archive, '2026-11-24', { tell: untold, signal })).rejects.toThrow(`it holds ${date}`)
  const elsewhere = join(archive, 'elsewhere')
  await expect(verifyArchive(elsewhere, undefined, { tell: untold, signal })).rejects.toThrow(`${elsewhere} holds no date`)
})
