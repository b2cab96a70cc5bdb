import { join } from 'node:path'
import { errorCodeOf, type FileSystem, type JournalFile } from '../disk/file-system.ts'
import { openSeekable } from './seekable-file.ts'

const plainSuffix = '.journal'
const compressedSuffix = '.journal.zst'
const digits = 10

/** The file of a segment: its number, padded so that names sort as numbers do. */
export function segmentPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(digits, '0')}${plainSuffix}`)
}

/** The file of a segment after it was compressed. Where both exist, the plain one counts: the other may not be finished. */
export function compressedPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(digits, '0')}${compressedSuffix}`)
}

/** Whether a file of that name in the folder of a journal is a segment, compressed or not. */
export function isSegmentName(name: string): boolean {
  return name.endsWith(plainSuffix) || name.endsWith(compressedSuffix)
}

/** The numbers of all segments in the directory, compressed or not, in order; other files do not count. */
export async function listSegments(files: FileSystem, directory: string): Promise<number[]> {
  const { plain, compressed } = await listByForm(files, directory)
  return [...new Set([...plain, ...compressed])].sort((left, right) => left - right)
}

/** The numbers of the segments that are there in each form, in order. */
export async function listByForm(files: FileSystem, directory: string): Promise<{ plain: number[]; compressed: number[] }> {
  const names = await files.list(directory)
  return { plain: numbersOf(names, plainSuffix), compressed: numbersOf(names, compressedSuffix) }
}

function numbersOf(names: readonly string[], suffix: string): number[] {
  return names
    .filter(name => name.endsWith(suffix))
    .map(name => Number(name.slice(0, -suffix.length)))
    .filter(segment => Number.isSafeInteger(segment) && segment > 0)
    .sort((left, right) => left - right)
}

/** A segment opened for reading; its bytes are the same whether it is compressed or not. */
export interface SegmentFile {
  readonly file: JournalFile
  readonly isCompressed: boolean
}

/** Opens a segment for reading. */
export function openSegment(files: FileSystem, directory: string, segment: number): Promise<SegmentFile> {
  return inEitherForm(directory, segment, async (path, isCompressed) => {
    const file = await files.open(path, 'read')
    return { file: isCompressed ? await openSeekable(file) : file, isCompressed }
  })
}

/** Does something with the file in which a segment is now. It may be compressed at this very moment: the compressed file is whole before the plain one goes. */
export async function inEitherForm<T>(
  directory: string,
  segment: number,
  work: (path: string, isCompressed: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await work(segmentPath(directory, segment), false)
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error
  }
  return work(compressedPath(directory, segment), true)
}
