import { entityOf } from '@tickhouse/catalogue'
import { type Doing, grouped, UsageError } from '@tickhouse/runtime'
import { quoted, type SqlRow, type Store, timeLiteral } from '@tickhouse/store'

/** The part of a dead letter that names it. */
export interface DeadLetterName {
  readonly session: string
  /** `*` where it is unknown. */
  readonly dataset: string
  readonly seq: number
  readonly stage: string
}

/** `*` means something to a shell. */
const unknownDataset = 'unknown'
const sinkSuffix = '/sink'

/** A dead letter's id: the record that it stands for, `session/dataset/seq`, and `/sink` behind it when that is who wrote it. */
export function idOf({ session, dataset, seq, stage }: DeadLetterName): string {
  return `${session}/${dataset === '*' ? unknownDataset : dataset}/${seq}${stage === 'sink' ? sinkSuffix : ''}`
}

/** The name in an id; without `/sink` it stands for every letter about that record. Undefined for what is no id. */
export function nameIn(id: string): (Omit<DeadLetterName, 'stage'> & { readonly stage?: string }) | undefined {
  const isSink = id.endsWith(sinkSuffix)
  const [, session, dataset, seq] = /^(.+)\/([^/]+)\/(\d+)$/.exec(isSink ? id.slice(0, -sinkSuffix.length) : id) ?? []
  if (session === undefined || dataset === undefined || !Number.isSafeInteger(Number(seq))) return undefined
  return { session, dataset: datasetNamed(dataset), seq: Number(seq), ...(isSink && { stage: 'sink' }) }
}

/** The dataset as the table has it. */
export function datasetNamed(dataset: string): string {
  return dataset === unknownDataset ? '*' : dataset
}

/** A dead letter as its table holds it, without its text. */
export interface DeadLetter {
  readonly id: string
  /** µs since the epoch: the time that the record has or would have. */
  readonly timestamp: number
  readonly symbol: string
  readonly venue: string
  readonly session: string
  readonly seq: number
  readonly stage: 'collector' | 'sink'
  readonly dataset: string
  readonly type: string | null
  readonly reason: string
  readonly detail: string | null
  /** Where the record stands, for letters of the sink. */
  readonly topic: string | null
  readonly topic_partition: number | null
  readonly topic_offset: number | null
  /** Where the whole frame stands in the journal, for letters whose text is cut. */
  readonly journal_segment?: number | null
  readonly journal_offset?: number | null
  /** Where the letter itself stands. */
  readonly kafka_partition: number
  readonly kafka_offset: number
}

/** Which dead letters; all of them when nothing is given. */
export interface DeadLetterFilter {
  readonly fromUs?: number | undefined
  readonly toUs?: number | undefined
  readonly only?: Readonly<Record<string, string>>
}

const { table } = entityOf('dead_letter')
const columns = table.columns.map(({ name }) => name).filter(name => name !== 'raw')
const rawsAtOnce = 50

/** The dead letters that a filter lets through, oldest first. */
export async function deadLettersIn(
  store: Store,
  { fromUs, toUs, only = {} }: DeadLetterFilter,
  { tell, signal }: Doing,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  tell(() => `Reading table dead_letter: ${grouped(letters.length)} dead letters`)
  const range = { ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) }
  for await (const rows of store.rowPages({ table, columns, only, ...range }, signal)) letters.push(...rows.map(letterOf))
  return letters
}

/** The dead letters of these ids, in their order. Throws UsageError when there is none of an id. */
export async function deadLettersNamed(store: Store, ids: readonly string[], signal: AbortSignal): Promise<DeadLetter[]> {
  const found = new Map<string, DeadLetter>()
  for (const id of ids) for (const letter of await lettersOf(store, id, signal)) found.set(letter.id, letter)
  return [...found.values()]
}

async function lettersOf(store: Store, id: string, signal: AbortSignal): Promise<DeadLetter[]> {
  const name = nameIn(id)
  if (name === undefined) throw new UsageError(`Expected an id such as 1m82rkex8z2g/trade/7, was "${id}"`)
  const { session, dataset, seq, stage } = name
  const conditions = [
    `session = ${quoted(session)}`,
    `dataset = ${quoted(dataset)}`,
    `seq = ${seq}`,
    ...(stage ? [`stage = ${quoted(stage)}`] : []),
  ]
  const rows = await store.query(
    `SELECT ${columns.join(', ')} FROM dead_letter WHERE ${conditions.join(' AND ')} ORDER BY timestamp`,
    signal,
  )
  if (rows.length === 0) throw new UsageError(`There is no dead letter ${id}: \`tickhouse dead-letters list\` shows them`)
  return rows.map(letterOf)
}

/** The texts of dead letters with their letters, some at a time. */
export async function* rawTexts(
  store: Store,
  letters: readonly DeadLetter[],
  signal: AbortSignal,
): AsyncGenerator<(readonly [DeadLetter, string])[]> {
  for (let at = 0; at < letters.length; at += rawsAtOnce) {
    const chunk = letters.slice(at, at + rawsAtOnce)
    const times = chunk.map(({ timestamp }) => timeLiteral(timestamp))
    const rows = await store.query<SqlRow>(
      `SELECT session, dataset, seq, stage, raw FROM dead_letter WHERE timestamp IN (${times.join(', ')})`,
      signal,
    )
    const raws = new Map(rows.map(row => [idOf(row as unknown as DeadLetter), row['raw'] as string | null]))
    yield chunk.map(letter => [letter, raws.get(letter.id) ?? ''] as const)
  }
}

function letterOf(row: SqlRow): DeadLetter {
  const letter = row as unknown as DeadLetter
  return { ...letter, id: idOf(letter) }
}
