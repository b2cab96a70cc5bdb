import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'

const suffix = '.journal'
const digits = 10

/** The file of a segment: its number, padded so that names sort as numbers do. */
export function segmentPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(digits, '0')}${suffix}`)
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
