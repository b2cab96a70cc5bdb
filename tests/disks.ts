import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '@tickhouse/runtime'

/** Why no disk of a chosen size can be had here; undefined where it can. */
export function noSmallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'tickhouse-disk-'))
  try {
    mountDisk(directory, 1)
    unmountDisk(directory)
    return undefined
  } catch (error) {
    return `no small disk can be mounted: ${messageOf(error).split('\n').at(-1)}`
  } finally {
    rmdirSync(directory)
  }
}

/** Mounts a disk of its own size at a folder. */
export function mountDisk(directory: string, mebibytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tickhouse-test', directory], { stdio: ['ignore', 'pipe', 'pipe'] })
}

export function unmountDisk(directory: string): void {
  execFileSync('umount', [directory])
}

/** Leaves a mounted disk so much room beyond what is on it. */
export function leaveRoom(directory: string, mebibytes: number): void {
  const { blocks, bfree, bsize } = statfsSync(directory)
  const bytes = (blocks - bfree) * bsize + mebibytes * 2 ** 20
  execFileSync('mount', ['-o', `remount,size=${bytes}`, directory], { stdio: ['ignore', 'pipe', 'pipe'] })
}
