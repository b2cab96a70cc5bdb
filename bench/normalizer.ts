import { admitted, type RecordTaker, SessionNormalizer, type StoredEntry, venueDatasets } from '@tickhouse/catalogue'
import { frameFixtures } from '@tickhouse/testkit'
import { type BenchRow, microseconds } from './report.ts'

const identity = { session: '01bench', openedAtUs: 0, environment: 'bench', collector: 'bench' }
/** A text of fixed size: how fast the machine is today. */
const control = JSON.stringify({ numbers: Array.from({ length: 60 }, (_, index) => `${index * 1_234}`), word: '주식체결'.repeat(8) })

/**
 * Normalizer: µs from the bytes of a frame to those of its record, per dataset, on the frames of the venue in its usual form: the long way (text, record as text,
 * bytes of that), in one pass, and by JSON.parse alone for comparison; a fixed text before and after tells how fast the machine is.
 */
export async function run(): Promise<BenchRow[]> {
  const rows = venueDatasets.flatMap(({ name }) => {
    const frame = usualForm(longestOf(name))
    const what = `${name} (${frame.length} bytes)`
    return [
      { what: `${what}: the long way`, figure: microseconds(longWay(frame)) },
      { what: `${what}: in one pass`, figure: microseconds(onePass(frame)) },
      { what: `${what}: JSON.parse, for scale`, figure: microseconds(() => JSON.parse(frame.toString('utf8'))) },
    ]
  })
  return [controlRow('before'), ...rows, controlRow('after')]
}

/** The longest frame of a dataset: live ones have all that the venue sends. */
function longestOf(dataset: string): string {
  const texts = frameFixtures().filter(({ rows }) => rows[0]?.dataset === dataset)
  return texts.map(({ text }) => text).reduce((longest, text) => (text.length > longest.length ? text : longest))
}

function controlRow(when: string): BenchRow {
  return { what: `control ${when}: JSON.parse of ${control.length} characters`, figure: microseconds(() => JSON.parse(control)) }
}

function longWay(bytes: Buffer): () => void {
  const normalizer = new SessionNormalizer(identity)
  let timeUs = Date.now() * 1000
  return () => {
    for (const { json } of normalizer.entry(admitted(entryOf(bytes, timeUs++), 1))) Buffer.from(json)
  }
}

function onePass(bytes: Buffer): () => void {
  const normalizer = new SessionNormalizer(identity)
  const taker: RecordTaker = {
    written: record => record.keep(),
    produced: ({ dataset }) => {
      if (dataset !== 'feed_session') throw new Error(`Expected to write everything in one pass, but not ${dataset}`)
    },
  }
  let timeUs = Date.now() * 1000
  return () => normalizer.take(entryOf(bytes, timeUs++), 1, taker)
}

function entryOf(bytes: Buffer, timeUs: number): StoredEntry {
  return { kind: 'frame', timeUs, bytes, offset: 0 }
}

/** One item, compact, `data` before `trnm`: as the venue sends it. A trade without volume, so that the cumulative volume fits although it stands still. */
function usualForm(text: string): Buffer {
  const { values, type, name, item } = JSON.parse(text).data[0]
  if (type === '0B') values[15] = '+0'
  return Buffer.from(JSON.stringify({ data: [{ values, type, name, item }], trnm: 'REAL' }))
}
