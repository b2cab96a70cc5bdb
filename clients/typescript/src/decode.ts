import { type RecordHeader, type RecordTypes, schemas } from './generated/records.ts'

export type DatasetName = keyof RecordTypes

/** Every dataset that has a topic. */
export const datasetNames = Object.keys(schemas) as DatasetName[]

/** What went wrong, as a code that does not change. */
export type RecordErrorCode =
  | 'UNKNOWN_DATASET'
  | 'UNKNOWN_TOPIC'
  | 'UNKNOWN_VERSION'
  | 'UNREADABLE_VALUE'
  | 'BAD_POSITION'
  | 'TOPIC_MISSING'
  | 'CODEC_MISSING'

/** What this kit throws; the message says what to do. */
export class RecordError extends Error {
  readonly code: RecordErrorCode

  constructor(code: RecordErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RecordError'
    this.code = code
  }
}

const ofTopic = new Map<string, DatasetName>(datasetNames.map(name => [schemas[name].topic, name]))
const versioned = /^(.+)\.v(\d+)$/

/** The dataset whose records stand in a topic; refuses topics of a version that this kit does not know. */
export function datasetOfTopic(topic: string): DatasetName {
  const known = ofTopic.get(topic)
  if (known !== undefined) return known
  const [, name, version] = versioned.exec(topic) ?? []
  const other = datasetNames.find(dataset => versioned.exec(schemas[dataset].topic)![1] === name)
  if (other === undefined)
    throw new RecordError('UNKNOWN_TOPIC', `Expected a topic of tickhouse such as ${schemas.trade.topic}, was "${topic}"`)
  const wanted = schemas[other].version
  throw new RecordError(
    'UNKNOWN_VERSION',
    `Topic ${topic} is of version ${version}, and this kit reads version ${wanted}: install the kit of the tickhouse that writes it, or read ${schemas[other].topic}`,
  )
}

/** Checks the name of a dataset that comes from outside. */
export function datasetNamed(name: string): DatasetName {
  if (Object.hasOwn(schemas, name)) return name as DatasetName
  throw new RecordError('UNKNOWN_DATASET', `Expected a dataset, was "${name}"; known are ${datasetNames.join(', ')}`)
}

/**
 * The record in the value of a Kafka message. Columns newer than this kit are kept as they are; one that it knows must hold what the schema says. Throws a
 * `RecordError` otherwise.
 */
export function decode<D extends DatasetName>(dataset: D, value: Uint8Array | string | null): RecordTypes[D] {
  const record = parsed(dataset, value)
  const { required, columns } = schemas[dataset] as { required: readonly string[]; columns: Readonly<Record<string, ValueKind>> }
  for (const name of required)
    if (record[name] === undefined) throw unreadable(dataset, `expected "${name}", which every record has, and it is not there`)
  for (const name in record) {
    const kind = columns[name]
    if (kind !== undefined && !holds[kind](record[name]))
      throw unreadable(dataset, `expected ${words[kind]} in "${name}", was ${excerpt(JSON.stringify(record[name]))}`)
  }
  if ((record as unknown as RecordHeader).seq < 1) throw unreadable(dataset, `expected a seq from 1, was ${record['seq']}`)
  return record as unknown as RecordTypes[D]
}

/** A time of a record, which counts microseconds. A `Date` counts milliseconds: the rest is cut off. */
export function dateOf(timeUs: number): Date {
  return new Date(Math.floor(timeUs / 1000))
}

type ValueKind = 'number' | 'integer' | 'time' | 'text' | 'ladder' | 'ladders' | 'fids' | 'texts'

const isLadder = (value: unknown): boolean => Array.isArray(value) && value.every(level => level === null || typeof level === 'number')

const holds: Readonly<Record<ValueKind, (value: unknown) => boolean>> = {
  number: value => typeof value === 'number',
  integer: Number.isSafeInteger,
  time: Number.isSafeInteger,
  text: value => typeof value === 'string',
  ladder: isLadder,
  ladders: value => Array.isArray(value) && value.every(isLadder),
  fids: value => isObject(value),
  texts: value => Array.isArray(value) && value.every(text => typeof text === 'string'),
}

const words: Readonly<Record<ValueKind, string>> = {
  number: 'a number',
  integer: 'an integer',
  time: 'an integer of microseconds',
  text: 'a text',
  ladder: 'an array of numbers',
  ladders: 'an array of arrays of numbers',
  fids: 'an object',
  texts: 'an array of texts',
}

function parsed(dataset: DatasetName, value: Uint8Array | string | null): Record<string, unknown> {
  if (value === null) throw unreadable(dataset, 'it is empty')
  const text = typeof value === 'string' ? value : new TextDecoder().decode(value)
  let record: unknown
  try {
    record = JSON.parse(text)
  } catch (cause) {
    throw unreadable(dataset, `it is no JSON: ${excerpt(text)}`, cause)
  }
  if (!isObject(record)) throw unreadable(dataset, `expected a JSON object, was ${excerpt(text)}`)
  return record
}

function unreadable(dataset: DatasetName, why: string, cause?: unknown): RecordError {
  return new RecordError(
    'UNREADABLE_VALUE',
    `A value of ${schemas[dataset].topic} is no record of version ${schemas[dataset].version}: ${why}. Somebody else writes to the topic, or this kit is older than what writes it`,
    { cause },
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The beginning of a text, without what would act on a terminal. */
function excerpt(text: string): string {
  return text.slice(0, 80).replaceAll(/[\p{Cc}\p{Cf}]/gu, '·')
}
