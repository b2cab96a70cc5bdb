import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'

const suffix = '.journal'
const digits = 10

/** The file of a segment: its number, padded so that names sort as numbers do. */
export function segmentPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(digits, '0')}${suffix}`)
}

/** Bytes of all segments in the directory. */
export async function segmentBytesIn(directory: string, files: FileSystem): Promise<number> {
  let bytes = 0
  for (const segment of await listSegments(files, directory)) bytes += await sizeOf(files, segmentPath(directory, segment))
  return bytes
}

/** Bytes of a file. */
export async function sizeOf(files: FileSystem, path: string): Promise<number> {
  const file = await files.open(path, 'read')
  try {
    return await file.size()
  } finally {
    await file.close()
  }
}

/** The numbers of all segments in the directory, in order; other files do not count. */
export async function listSegments(files: FileSystem, directory: string): Promise<number[]> {
  const names = await files.list(directory)
  return names
    .filter(name => name.endsWith(suffix))
    .map(name => Number(name.slice(0, -suffix.length)))
    .filter(segment => Number.isSafeInteger(segment) && segment > 0)
    .sort((left, right) => left - right)
}
