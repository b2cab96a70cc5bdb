import type { JournalFile } from './file-system.ts'

/** The bytes of a file from `from` to `to`; fewer where the file is shorter. */
export async function readPiece(file: JournalFile, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, to - from))
  let length = 0
  while (length < bytes.length) {
    const read = await file.read(bytes, length, bytes.length - length, from + length)
    if (read === 0) break
    length += read
  }
  return bytes.subarray(0, length)
}
