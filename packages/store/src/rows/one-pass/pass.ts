/** What a step answers when it meets something that is not as our collector writes it: the record then takes the other way. */
export const unusual = -1

/**
 * Where a pass stands in the record that it reads, and what it writes to. Steps move `at` themselves, and answer with the place behind what
 * they have written, or with `unusual`.
 *
 * A step need not ask whether the record is over: its last byte is a closing brace, at which every value but a text stops; a text that runs
 * on beyond it is found out by what must follow.
 */
export class Pass {
  /** The whole buffer that the record stands in, by bytes and by words. */
  bytes: Uint8Array = new Uint8Array()
  view: DataView = new DataView(this.bytes.buffer)
  /** Place of the next byte to read, and of the first one that is not the record's. */
  at = 0
  end = 0
  /** The buffer of the rows. */
  out: Uint8Array = this.bytes
  outView: DataView = this.view
  #buffer = this.bytes.buffer

  /** Goes to the beginning of a record; false for one that does not end as an object does. Records of one fetch share a buffer, so its views are kept. */
  begin(record: Uint8Array): boolean {
    const { buffer, byteOffset, length } = record
    if (buffer !== this.#buffer) {
      this.#buffer = buffer
      this.bytes = new Uint8Array(buffer)
      this.view = new DataView(buffer)
    }
    this.at = byteOffset
    this.end = byteOffset + length
    return length > 0 && this.bytes[this.end - 1] === 0x7d
  }
}
