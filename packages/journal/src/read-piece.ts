import type { JournalFile } from './file-system.ts'

/** The bytes of a file from `from` to `to`; fewer where the file is shorter. `into` is used for them if they fit. */
export async function readPiece(file: JournalFile, from: number, to: number, into?: Buffer): Promise<Buffer> {
  const wanted = Math.max(0, to - from)
  const bytes = into !== undefined && into.length >= wanted ? into.subarray(0, wanted) : Buffer.allocUnsafeSlow(wanted)
  let length = 0
  while (length < bytes.length) {
    const read = await file.read(bytes, length, bytes.length - length, from + length)
    if (read === 0) break
    length += read
  }
  return bytes.subarray(0, length)
}
