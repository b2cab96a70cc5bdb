/** The end of the key of an item's type. In a frame of the market `t` is rare, and a quote is not: looking for this takes a twentieth of the time. */
const keyEnd = Buffer.from('type"')
const colon = 0x3a
/** A text with more of them is searched in the simple way, so that none costs a second. */
const maxKeys = 1_000

/**
 * False where no item of these types can be in a frame without `\u` escapes; the types are given as they stand there, with their quotes. Cheap: one look at each
 * type that stands as the venue writes it. Where one stands otherwise, every mark that is anywhere in the frame counts.
 */
export function mayHoldType(frame: Buffer, marks: readonly Buffer[]): boolean {
  if (marks.length === 0) return false
  let keys = 0
  for (let at = frame.indexOf(keyEnd); at >= 0; at = frame.indexOf(keyEnd, at + 1)) {
    const value = at + keyEnd.length
    const isUsual = frame[value] === colon && frame[value + 1] === 0x22
    if (!isUsual || ++keys > maxKeys) return marks.some(mark => frame.includes(mark))
    if (marks.some(mark => isAt(frame, value + 1, mark))) return true
  }
  return false
}

function isAt(frame: Buffer, at: number, mark: Buffer): boolean {
  for (let index = 0; index < mark.length; index++) if (frame[at + index] !== mark[index]) return false
  return true
}
