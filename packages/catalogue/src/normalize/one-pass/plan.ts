import type { VenueDataset } from '../../dataset.ts'
import type { QuestType } from '../../definitions.ts'
import { entityIndex, venueDatasets } from '../../entities.ts'
import { columnFids, fidsOf } from '../../fids.ts'
import type { Column, Field, Kind, Ladder, LadderRow } from '../../fields.ts'
import { INT_DIGITS, LONG_DIGITS, MAX_NUMBER_BYTES, type NumberRule } from './numbers.ts'
import { MAX_TEXT_BYTES, type TextWords, textWordsOf } from './texts.ts'

/** What a text becomes; `aggressor` is the side in the sign of a volume. */
export type Take = 'number' | 'text' | 'time' | 'exchange_time' | 'date' | 'duration' | 'flag' | 'side' | 'aggressor' | 'ladder'

/** One member of a record: which text it is made of, and how. All steps have the same shape, so that the machine code for them is one. */
export interface Step {
  readonly take: Take
  /** `,"price":` */
  readonly prefix: TextWords
  readonly slot: number
  /** Texts that mean "absent". */
  readonly nullIf: readonly Buffer[]
  readonly rule: NumberRule
  readonly rows: readonly StepRow[]
  /** Whether the rows stand in a list of lists. */
  readonly isNested: boolean
}

/** One row of a ladder: its slots from level 1 on. */
export interface StepRow {
  readonly slots: Int32Array
  readonly rule: NumberRule
}

/** Everything that turns an item of one type into a record. */
export interface ItemPlan {
  /** As the venue writes it. */
  readonly type: string
  readonly dataset: string
  /** The place of its dataset among `entities`. */
  readonly entity: number
  readonly isMarketWide: boolean
  readonly steps: readonly Step[]
  readonly exchangeTime: Step | null
  /** The slot of the FID that repeats the symbol, or -1. */
  readonly symbol: number
  readonly running: { readonly total: Step; readonly step: Step; readonly exchange: Step } | null
  /** By slot: 1 where the FID is one of the dataset. */
  readonly owns: Uint8Array
  /** No record has more bytes, its header aside. */
  readonly maxBytes: number
}

/** No record that is written in one pass has more bytes than this, its header aside: what could be longer is left to the long way. */
export const maxColumnBytes = 16 * 1024
const NOTHING: NumberRule = { minus: 'ignored', isDecimal: false, zeroIsAbsent: false, maxDigits: 0 }
const MAX_LIST_BYTES = 8

/** One more than the greatest FID that a frame in the usual form can hold. */
const FID_LIMIT = 100_000

const fids = [...new Set(venueDatasets.flatMap(fidsOf))]

/** How many FIDs the catalogue knows: each has a slot, the same in all datasets. */
export const slotCount = fids.length

/** By FID: its slot, or -1. */
export const slots = new Int16Array(FID_LIMIT).fill(-1)
for (const [slot, fid] of fids.entries()) slots[fid] = slot

/** The plan of a dataset. */
export function planOf(dataset: VenueDataset): ItemPlan {
  const { type, name, items, symbol, exchangeTime } = dataset
  if (!/^[!-~]{2}$/.test(type)) throw new Error(`Expected a type of two characters, was "${type}"`)
  const steps = Object.entries(dataset.columns).map(([column, definition]) => stepOf(column, definition, dataset))
  const maxBytes = steps.reduce((sum, step) => sum + maxBytesOf(step), 0)
  if (maxBytes > maxColumnBytes)
    throw new Error(`Expected records of at most ${maxColumnBytes} bytes, those of ${name} may have ${maxBytes}`)
  const owns = new Uint8Array(slotCount)
  for (const fid of fidsOf(dataset)) owns[slotOf(fid)] = 1
  return {
    type,
    dataset: name,
    entity: entityIndex.get(name)!,
    isMarketWide: items === 'market',
    steps,
    exchangeTime: exchangeTime ? { ...fieldStep('exchange_time', exchangeTime), take: 'exchange_time' } : null,
    symbol: symbol ? slotOf(symbol.fid) : -1,
    running: runningSteps(dataset),
    owns,
    maxBytes,
  }
}

const decimal = { isDecimal: true, zeroIsAbsent: false, maxDigits: LONG_DIGITS }
const whole = { isDecimal: false, zeroIsAbsent: false, maxDigits: LONG_DIGITS }

/** One entry per kind, as in `normalize/readers.ts`: the rule of a number, or what else a text becomes. */
const rules: Readonly<Record<Kind, NumberRule | Take>> = {
  price: { ...decimal, minus: 'ignored' },
  change: { ...decimal, minus: 'kept' },
  ratio: { ...decimal, minus: 'kept' },
  unsigned_ratio: { ...decimal, minus: 'ignored' },
  quantity: { ...whole, minus: 'refused' },
  signed_quantity: { ...whole, minus: 'kept' },
  signed_volume: { ...whole, minus: 'ignored' },
  amount: { ...whole, minus: 'refused' },
  signed_amount: { ...whole, minus: 'kept' },
  time: 'time',
  date: 'date',
  duration: 'duration',
  code: 'text',
  name: 'text',
  text: 'text',
  identifier: 'text',
  flag: 'flag',
  account: 'text',
  side: 'side',
}

/** The rule of a kind in a column of that type: an INT is shorter, and an amount may have decimals where its column has. */
function ruleOf(kind: Kind, questType: QuestType): NumberRule | Take {
  const rule = rules[kind]
  if (typeof rule === 'string') return rule
  if (questType === 'INT' && !rule.isDecimal) return { ...rule, maxDigits: INT_DIGITS }
  return kind === 'amount' && questType === 'DOUBLE' ? { ...rule, isDecimal: true } : rule
}

function stepOf(name: string, column: Column, dataset: VenueDataset): Step {
  if (column.shape === 'field') return fieldStep(name, column)
  if (column.shape === 'ladder') return ladderStep(name, column)
  const { fid, take } = column.from
  return take === 'side'
    ? { ...emptyStep(name, fid), take: 'aggressor' }
    : { ...emptyStep(name, fid), take: 'number', rule: levelRule(dataset, fid) }
}

function fieldStep(name: string, { fid, kind, questType, nullIf = [] }: Field): Step {
  const step = { ...emptyStep(name, fid), nullIf: nullIf.map(text => Buffer.from(text)) }
  const rule = ruleOf(kind, questType)
  return typeof rule === 'string' ? { ...step, take: rule } : { ...step, take: 'number', rule }
}

function ladderStep(name: string, ladder: Ladder): Step {
  const rows = ladder.rows.map((row, index) => ({ slots: Int32Array.from(rowFids(ladder, index), slotOf), rule: rowRule(row) }))
  return { ...emptyStep(name, ladder.rows[0]!.firstFid), take: 'ladder', rows, isNested: ladder.questType === 'DOUBLE[][]' }
}

function emptyStep(name: string, fid: number): Step {
  const prefix = textWordsOf(`,${JSON.stringify(name)}:`)
  return { take: 'text', prefix, slot: slotOf(fid), nullIf: [], rule: NOTHING, rows: [], isNested: false }
}

function slotOf(fid: number): number {
  const slot = slots[fid] ?? -1
  if (slot < 0) throw new Error(`Expected a FID of a dataset below 100000, was ${fid}`)
  return slot
}

function rowFids(ladder: Ladder, row: number): number[] {
  return columnFids({ ...ladder, rows: [ladder.rows[row]!] })
}

function rowRule({ kind }: LadderRow): NumberRule {
  return { ...(rules[kind] as NumberRule), zeroIsAbsent: kind === 'price' }
}

function levelRule({ name, columns }: VenueDataset, fid: number): NumberRule {
  for (const column of Object.values(columns)) {
    if (column.shape !== 'ladder') continue
    const row = column.rows.find((_, index) => rowFids(column, index).includes(fid))
    if (row !== undefined) return rowRule(row)
  }
  throw new Error(`Expected a ladder of ${name} with FID ${fid}`)
}

function runningSteps({ runningTotal, columns }: VenueDataset): ItemPlan['running'] {
  if (!runningTotal) return null
  const of = (fid: number): Step => {
    const field = Object.values(columns).find(column => column.shape === 'field' && column.fid === fid)
    if (field?.shape !== 'field') throw new Error(`Expected a field with FID ${fid}`)
    return fieldStep('', field)
  }
  return { total: of(runningTotal.total), step: of(runningTotal.step), exchange: of(runningTotal.exchange) }
}

function maxBytesOf({ prefix, take, rows }: Step): number {
  if (take === 'text') return prefix.length + MAX_TEXT_BYTES + 2
  const numbers = rows.reduce((sum, row) => sum + MAX_LIST_BYTES + row.slots.length * (MAX_NUMBER_BYTES + 1), MAX_LIST_BYTES)
  return prefix.length + (take === 'ladder' ? numbers : MAX_NUMBER_BYTES)
}

/** The plans of all datasets, by the two characters of their types as a number, high byte first. */
export const plansByType: ReadonlyMap<number, ItemPlan> = new Map(
  venueDatasets.map(dataset => [(dataset.type.charCodeAt(0) << 8) | dataset.type.charCodeAt(1), planOf(dataset)]),
)
