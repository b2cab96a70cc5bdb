import { RecordError } from '../decode.ts'

/** Where to go on: topic → partition → offset of the next record. Plain JSON, to be stored beside what was made of the records. */
export type Position = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Where reading begins: at the end, at the oldest record, at the first one captured at that time or later, or where a stored position says. */
export type From = 'latest' | 'earliest' | Date | Position

/** Where a partition is read from, and from where on its records are told: those before only say what was there already. */
export interface PartitionBegin {
  readonly partition: number
  readonly readAt: number
  readonly tellAt: number
}

/** What Kafka has of a partition. */
export interface PartitionEnds {
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** Where to begin each partition of a topic; `atTime` is the offset that Kafka names for a time, by partition. */
export function beginsOf(
  topic: string,
  ends: readonly PartitionEnds[],
  from: From,
  atTime: ReadonlyMap<number, number>,
  lookBack: number,
): PartitionBegin[] {
  return ends.map(({ partition, low, high }) => {
    const tellAt = tellFrom(topic, partition, { low, high }, from, atTime)
    // Where Kafka does not have that offset there is nothing to look back at: it will be told as lost.
    const isThere = tellAt >= low && tellAt <= high
    return { partition, tellAt, readAt: isThere ? Math.max(low, tellAt - lookBack) : tellAt }
  })
}

function tellFrom(
  topic: string,
  partition: number,
  { low, high }: { low: number; high: number },
  from: From,
  atTime: ReadonlyMap<number, number>,
): number {
  if (from === 'earliest') return low
  if (from === 'latest') return high
  if (from instanceof Date) return atTime.get(partition) ?? high
  // A topic or a partition that came after the position was stored is new from its beginning on.
  return from[topic]?.[partition] ?? low
}

/** Checks a position that comes from a store. */
export function checkedPosition(value: unknown): Position {
  if (isObject(value) && Object.values(value).every(isOffsets)) return value as Position
  const was = JSON.stringify(value)?.slice(0, 80)
  throw new RecordError(
    'BAD_POSITION',
    `Expected a position such as {"kiwoom.market.trade.v1":{"0":42}}, was ${was}: store what reader.position gave, or begin with a time`,
  )
}

function isOffsets(value: unknown): boolean {
  return isObject(value) && Object.entries(value).every(([partition, offset]) => /^\d+$/.test(partition) && isOffset(offset))
}

function isOffset(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
