import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'
import { type ColumnPlan, type PlannedColumn, planColumns } from './column-plan.ts'
import { isElements, isMatrix, isTexts, shown, unreadableText } from './column-values.ts'
import { unusual } from './one-pass/pass.ts'
import { RowPass } from './one-pass/row-pass.ts'
import { quotedEscapes, type RowBuffer, symbolEscapes } from './row-buffer.ts'

/** Why a record has no row: which column, and what was expected there. */
export interface Rejection {
  readonly column: string
  readonly reason: string
}

const space = 0x20
const quote = 0x22
const newline = 0x0a
const letterI = 0x69
const letterT = 0x74
const int32Limit = 2 ** 31 - 1
const maxUnknownMembers = 1000

/** Prepares the encoder of a table. */
export function encoderFor(table: TableDefinition): RowEncoder {
  return new RowEncoder(table)
}

/**
 * Turns the records of one table into line protocol, version 2. The fields of a row stand in the order of the record.
 * A record that the table cannot hold becomes a Rejection and leaves no byte behind.
 */
export class RowEncoder {
  readonly table: TableDefinition
  /** Members of records for which the table has no column, with their counts. Rows are stored without them. */
  readonly unknownMembers = new Map<string, number>()
  readonly #plan: ColumnPlan
  readonly #lists: ReadonlySet<string>
  readonly #onePass: RowPass
  #rejection: Rejection | undefined

  constructor(table: TableDefinition) {
    this.table = table
    this.#plan = planColumns(table)
    this.#lists = new Set(table.lists?.map(({ name }) => name))
    this.#onePass = new RowPass(this.#plan)
  }

  /** Appends the record's row, or leaves the rows as they were and says why. Never throws, whatever the record holds. */
  encode(record: DataRecord, partition: number, offset: number, rows: RowBuffer): Rejection | undefined {
    this.#rejection = undefined
    rows.reserve(this.#plan.fixedBytes)
    if (this.#writeRow(record, partition, offset, rows)) rows.endRow()
    else rows.dropRow()
    return this.#rejection
  }

  /**
   * Appends the row of a record from its JSON, without parsing it, at a fraction of the cost. False, with the rows as they were, when the
   * record is not as our collector writes it: then JSON.parse and `encode` tell what it is. True gives the row that they would give.
   */
  encodeJson(json: Uint8Array, partition: number, offset: number, rows: RowBuffer): boolean {
    const start = this.#onePass.write(json, rows)
    const isWritten = start !== unusual && this.#endFields(start, partition, offset, this.#onePass.timestamp, rows)
    if (isWritten) rows.endRow()
    else rows.dropRow()
    return isWritten
  }

  #writeRow(record: DataRecord, partition: number, offset: number, rows: RowBuffer): boolean {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return this.#refuse('*', 'an object', record)
    rows.prepared(this.#plan.tableName)
    if (!this.#writeSymbols(record, rows)) return false
    const start = rows.position
    return this.#writeFields(record, rows) && this.#endFields(start, partition, offset, record.timestamp, rows)
  }

  /** Writes what follows the record's own fields, the first of which begins at `start`. */
  #endFields(start: number, partition: number, offset: number, timestamp: number, rows: RowBuffer): boolean {
    if (!this.#writePosition(this.#plan.partition, partition, rows) || !this.#writePosition(this.#plan.offset, offset, rows)) return false
    if (rows.position > start) rows.patch(start, space)
    rows.byte(space)
    rows.integer(timestamp)
    rows.byte(letterT)
    rows.byte(newline)
    return true
  }

  #writeSymbols(record: DataRecord, rows: RowBuffer): boolean {
    const { symbols } = this.#plan
    for (let index = 0; index < symbols.length; index++) {
      const column = symbols[index]!
      const value = record[column.name]
      if (value === undefined || value === null) {
        if (column.required) return this.#refuseMissing(column)
        continue
      }
      if (column.required && value === '') return this.#refuse(column.name, 'a text that is not empty', value)
      if (typeof value !== 'string') return this.#refuse(column.name, 'a text', value)
      rows.prepared(column.prefix)
      if (!rows.text(value, symbolEscapes)) return this.#refuse(column.name, 'well-formed Unicode without null characters', value)
    }
    return true
  }

  /** A record is nearly always in table order, so the next column of the plan is tried before its name is looked up. */
  #writeFields(record: DataRecord, rows: RowBuffer): boolean {
    const { fields, byName, requiredFields } = this.#plan
    let next = 0
    let required = 0
    for (const name in record) {
      let column = fields[next]
      if (column === undefined || column.name !== name) column = byName.get(name)
      if (column === undefined) {
        this.#noteUnknown(name)
        continue
      }
      next = column.index + 1
      const value = record[name]
      if (column.form === 'symbol' || value === undefined || value === null) continue
      if (!this.#writeField(column, value, rows)) return false
      if (column.required) required++
    }
    return required === requiredFields.length || this.#refuseMissing(requiredFields.find(({ name }) => (record[name] ?? null) === null)!)
  }

  #writeField(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    switch (column.form) {
      case 'double':
        return this.#writeDouble(column, value, rows)
      case 'long':
        return this.#writeInteger(column, value, letterI, rows)
      case 'int':
        return this.#writeInt(column, value, rows)
      case 'timestamp':
        return this.#writeInteger(column, value, letterT, rows)
      case 'text':
        return this.#writeText(column, value, rows)
      case 'array':
        return this.#writeArray(column, value, rows)
      case 'matrix':
        return this.#writeMatrix(column, value, rows)
      case 'unreadable':
        return this.#writeUnreadable(column, value, rows)
      default:
        return (
          (Number.isSafeInteger(value) && (value as number) >= 0) || this.#refuse(column.name, 'an integer that is not negative', value)
        )
    }
  }

  #writePosition(column: PlannedColumn | undefined, value: number, rows: RowBuffer): boolean {
    return column === undefined || this.#writeField(column, value, rows)
  }

  #writeDouble(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    if (!Number.isFinite(value)) return this.#refuse(column.name, 'a finite number', value)
    rows.prepared(column.prefix)
    rows.double(value as number)
    return true
  }

  #writeInteger(column: PlannedColumn, value: unknown, letter: number, rows: RowBuffer): boolean {
    if (!Number.isSafeInteger(value)) return this.#refuse(column.name, 'an integer of at most 2^53-1', value)
    rows.prepared(column.prefix)
    rows.integer(value as number)
    rows.byte(letter)
    return true
  }

  /** -2^31 is refused too: it is QuestDB's null. */
  #writeInt(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    if (Math.abs(value as number) <= int32Limit) return this.#writeInteger(column, value, letterI, rows)
    return this.#refuse(column.name, 'an integer of at most 2^31-1', value)
  }

  #writeText(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    if (typeof value !== 'string') return this.#refuse(column.name, 'a text', value)
    rows.prepared(column.prefix)
    if (!rows.text(value, quotedEscapes)) return this.#refuse(column.name, 'well-formed Unicode', value)
    rows.byte(quote)
    return true
  }

  #writeArray(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    if (!isElements(value)) return this.#refuse(column.name, 'an array of finite numbers and nulls', value)
    rows.prepared(column.prefix)
    rows.int32(value.length)
    rows.doubles(value)
    return true
  }

  #writeMatrix(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    if (!isMatrix(value)) return this.#refuse(column.name, 'equally long arrays of finite numbers and nulls', value)
    rows.prepared(column.prefix)
    rows.int32(value.length)
    rows.int32(value[0]!.length)
    for (let index = 0; index < value.length; index++) rows.doubles(value[index]!)
    return true
  }

  #writeUnreadable(column: PlannedColumn, value: unknown, rows: RowBuffer): boolean {
    if (!isTexts(value)) return this.#refuse(column.name, 'an object of texts', value)
    return this.#writeText(column, unreadableText(value), rows)
  }

  #noteUnknown(name: string): void {
    if (this.#lists.has(name)) return
    const known = this.unknownMembers.get(name)
    if (known !== undefined || this.unknownMembers.size < maxUnknownMembers) this.unknownMembers.set(name, (known ?? 0) + 1)
  }

  #refuseMissing(column: PlannedColumn): false {
    this.#rejection = { column: column.name, reason: 'Expected a value, was missing' }
    return false
  }

  #refuse(column: string, expected: string, value: unknown): false {
    this.#rejection = { column, reason: `Expected ${expected}, was ${shown(value)}` }
    return false
  }
}
