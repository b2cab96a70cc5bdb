/** One piece of memory for the bytes of many records: a buffer for each of them would cost more than writing it. */
const PIECE_BYTES = 64 * 1024

/**
 * Where records are written. What was kept is never written again: a full piece is left to those who hold parts of it, and goes with the last of them.
 * So somebody who holds one record for long holds 64 KiB.
 */
export class RecordRoom {
  bytes: Buffer = Buffer.alloc(0)
  /** The same memory. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the next record begins. */
  at = 0

  /** Makes sure that the next record may have so many bytes. */
  need(count: number): void {
    if (this.bytes.length - this.at >= count) return
    this.bytes = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, count))
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    this.at = 0
  }

  /** The next record up to `end`, which stays. */
  keep(end: number): Buffer {
    const kept = this.bytes.subarray(this.at, end)
    this.at = end
    return kept
  }
}
