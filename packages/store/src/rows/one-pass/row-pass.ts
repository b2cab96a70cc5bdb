import type { ColumnForm, ColumnPlan, PlannedColumn } from '../column-plan.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { copyArray, copyDouble, copyInteger, copyMatrix, intDigits, longDigits, readDouble } from './numbers.ts'
import { Pass, unusual } from './pass.ts'
import { copyText, quotedRules, symbolRules } from './texts.ts'
import { type ByteWords, byteWordsOf, standAt, writeWords } from './words.ts'

/** A member of a record as the pass meets it. */
interface Member {
  readonly form: ColumnForm
  readonly required: boolean
  /** What stands before its value in the record: brace or comma, name in quotes, colon. */
  readonly key: ByteWords
  /** What stands before its value in the row. */
  readonly prefix: ByteWords
}

const closingBrace = 0x7d
const quote = 0x22
const letterI = 0x69
const letterT = 0x74
/** A character of a symbol may get a backslash, and an element of two bytes becomes eight. */
const growth = { symbol: 2, field: 4 }
/** Words are written beyond what they hold. */
const slack = 4

/**
 * Goes once over the bytes of a record, as our collector writes it, and writes symbols and fields of its row; nothing is made of them on the
 * way. Whatever is otherwise than there (another order, unknown members, escapes, nulls, numbers that are no plain decimals) is not taken,
 * and leaves nothing behind.
 */
export class RowPass {
  /** The time of the record that was written last. */
  timestamp = 0
  readonly #tableName: ByteWords
  readonly #members: readonly Member[]
  readonly #requiredCount: number
  readonly #fixedBytes: number
  readonly #symbolBytes: number
  readonly #pass = new Pass()
  /** Where the next symbol and the next field go. */
  #symbolTo = 0
  #fieldTo = 0

  constructor({ tableName, fields, symbols, fixedBytes }: ColumnPlan) {
    this.#tableName = byteWordsOf(tableName)
    this.#members = fields.map(memberOf)
    this.#requiredCount = fields.filter(({ required }) => required).length
    this.#fixedBytes = fixedBytes + slack
    this.#symbolBytes = symbols.reduce((sum, { prefix }) => sum + prefix.length, tableName.length + slack)
  }

  /** Writes the beginning of a row, up to its last field, and gives the place of its first field; `unusual`, with nothing written, when the record must be parsed. */
  write(record: Uint8Array, rows: RowBuffer): number {
    const pass = this.#pass
    if (!pass.begin(record)) return unusual
    const { length } = record
    const symbolRoom = this.#symbolBytes + growth.symbol * length
    rows.reserve(symbolRoom + this.#fixedBytes + growth.field * length)
    const start = rows.position
    pass.out = rows.bytes
    pass.outView = rows.view
    this.#symbolTo = writeWords(pass.outView, start, this.#tableName)
    this.#fieldTo = start + symbolRoom
    if (!this.#writeMembers()) return unusual
    rows.bytes.copyWithin(this.#symbolTo, start + symbolRoom, this.#fieldTo)
    rows.position = this.#symbolTo + this.#fieldTo - start - symbolRoom
    return this.#symbolTo
  }

  #writeMembers(): boolean {
    const pass = this.#pass
    const { bytes } = pass
    let required = 0
    let next = 0
    do {
      next = this.#find(next)
      if (next === unusual) return false
      const member = this.#members[next++]!
      if (!this.#writeMember(member)) return false
      if (member.required) required++
    } while (bytes[pass.at] !== closingBrace)
    return pass.at + 1 === pass.end && required === this.#requiredCount
  }

  /** The member that stands here, among those from `first` on. */
  #find(first: number): number {
    const { view, at, end } = this.#pass
    const members = this.#members
    for (let index = first; index < members.length; index++) {
      const { key } = members[index]!
      if (at + key.length <= end && standAt(view, at, key)) {
        this.#pass.at = at + key.length
        return index
      }
    }
    return unusual
  }

  #writeMember({ form, required, prefix }: Member): boolean {
    const pass = this.#pass
    if (form === 'symbol') {
      const from = writeWords(pass.outView, this.#symbolTo, prefix)
      this.#symbolTo = copyText(pass, from, symbolRules)
      return this.#symbolTo !== unusual && !(required && this.#symbolTo === from)
    }
    if (form === 'designated') {
      this.timestamp = readDouble(pass)
      return this.timestamp >= 0 && Number.isInteger(this.timestamp)
    }
    this.#fieldTo = copyField(pass, writeWords(pass.outView, this.#fieldTo, prefix), form)
    return this.#fieldTo !== unusual
  }
}

function copyField(pass: Pass, to: number, form: ColumnForm): number {
  switch (form) {
    case 'double':
      return copyDouble(pass, to)
    case 'long':
      return followed(pass, copyInteger(pass, to, longDigits), letterI)
    case 'timestamp':
      return followed(pass, copyInteger(pass, to, longDigits), letterT)
    case 'int':
      return followed(pass, copyInteger(pass, to, intDigits), letterI)
    case 'text':
      return followed(pass, copyText(pass, to, quotedRules), quote)
    case 'array':
      return copyArray(pass, to)
    case 'matrix':
      return copyMatrix(pass, to)
    default:
      return unusual
  }
}

function followed({ out }: Pass, to: number, byte: number): number {
  if (to === unusual) return unusual
  out[to] = byte
  return to + 1
}

function memberOf({ name, form, required, prefix }: PlannedColumn, index: number): Member {
  const key = Buffer.from(`${index === 0 ? '{' : ','}"${name}":`)
  return { form, required, key: byteWordsOf(key), prefix: byteWordsOf(prefix) }
}
