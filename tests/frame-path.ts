import type { KafkaRecord } from '@tickhouse/bus'
import { entityOf, type Produced, SessionNormalizer, venueDatasets } from '@tickhouse/catalogue'
import { pseudonymizer } from '@tickhouse/kiwoom'
import { CaptureClock, systemClock } from '@tickhouse/runtime'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import { Capture, noCounts } from '../services/collector/src/session/capture.ts'
import type { DeadLetter } from '../services/sink/src/store/dead-letters.ts'
import { encodeRows } from '../services/sink/src/store/rows.ts'

/** What became of a message of the venue. */
export interface Outcome {
  /** What the journal was given. */
  readonly journalled: readonly { readonly timeUs: number; readonly bytes: Buffer }[]
  readonly records: readonly Produced[]
  /** How many of them are rows. */
  readonly rows: number
  /** Records that the sink sets aside. */
  readonly refused: readonly DeadLetter[]
  readonly counts: ReturnType<typeof noCounts>
}

const accountTypes = venueDatasets.filter(({ items }) => items === 'account').map(({ type }) => type)

/** Takes one message of the venue the whole way from the socket to the bytes for QuestDB, without a server. */
export function frameOutcome(message: Buffer, { keepsAccount = true } = {}): Outcome {
  const journalled: { timeUs: number; bytes: Buffer }[] = []
  const counts = noCounts()
  const capture = new Capture({
    journal: { append: (_kind, timeUs, bytes) => journalled.push({ timeUs, bytes: Buffer.from(bytes) }) },
    clock: new CaptureClock(systemClock),
    hide: pseudonymizer(Buffer.from('key')),
    unwantedTypes: new Set(keepsAccount ? [] : accountTypes),
    counts,
    onControl: () => {},
  })
  capture.open()
  capture.take(message)
  const records = journalled.flatMap(({ timeUs, bytes }) => normalized(timeUs, bytes.toString('utf8')))
  return { journalled, counts, records, ...encoded(records) }
}

function normalized(timeUs: number, text: string): Produced[] {
  const identity = { session: '01test', openedAtUs: timeUs, environment: 'simulator', collector: 'test' }
  return new SessionNormalizer(identity).entry({ kind: 'frame', timeUs, text })
}

function encoded(records: readonly Produced[]): Pick<Outcome, 'rows' | 'refused'> {
  const refused: DeadLetter[] = []
  let rows = 0
  for (const [dataset, group] of Map.groupBy(records, record => record.dataset)) {
    const entity = entityOf(dataset)
    const part = { topic: entity.topic.name, partition: 0, records: group.map(inKafka) }
    const table = encodeRows(entity, [part as never], encoderFor(entity.table), new RowBuffer())
    refused.push(...table.deadLetters)
    rows += table.sources.length
  }
  return { rows, refused }
}

function inKafka({ symbol, json, timestamp }: Produced, offset: number): KafkaRecord {
  return { offset, key: Buffer.from(symbol), value: Buffer.from(json), timestampMs: Math.floor(timestamp / 1000) } as KafkaRecord
}
