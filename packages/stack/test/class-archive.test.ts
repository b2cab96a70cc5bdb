import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ClassArchive } from '../src/class-archive.ts'

function folders() {
  const root = mkdtempSync(join(tmpdir(), 'archive-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const written = join(root, 'classes.jsa')
  return { root, written, archive: new ClassArchive('kafka', `${join(root, 'a.jar')}:${join(root, 'b.jar')}`, root) }
}

test('the first server writes an archive when it stops, later ones use it', () => {
  const { root, written, archive } = folders()
  expect(archive.flags()).toEqual([`-XX:ArchiveClassesAtExit=${written}`])
  writeFileSync(written, 'classes')
  archive.keep({ code: 143, signal: null })
  expect(archive.flags()).toEqual([`-XX:SharedArchiveFile=${join(root, 'kafka.jsa')}`])
  expect([readFileSync(join(root, 'kafka.jsa'), 'utf8'), existsSync(written)]).toEqual(['classes', false])
})

test('what a killed server has written is thrown away', () => {
  const { written, archive } = folders()
  writeFileSync(written, 'half')
  archive.keep({ code: null, signal: 'SIGKILL' })
  expect([archive.flags(), existsSync(written)]).toEqual([[`-XX:ArchiveClassesAtExit=${written}`], false])
})
