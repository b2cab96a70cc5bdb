import { type DataRecord, SessionNormalizer } from '@tickhouse/catalogue'
import { frameFixtures } from '@tickhouse/testkit'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { contractIn, generatedFolder, releasedContracts, type TopicContract } from './contract.ts'

const ajv = new Ajv2020({ strict: false })
const tenUs = Date.UTC(2026, 10, 27, 1) * 1_000
const gap = { from: tenUs, to: tenUs + 1, reason: 'a_reason_of_tomorrow', types: ['0B'], symbols: ['005930', '000660'] }

/** What readers of a release make of a record: it must be as their schema says, and they take the members that they know. */
function decoderOf({ schema }: TopicContract): (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> {
  const isValid = ajv.compile({ ...schema, $id: undefined } as object)
  const known = Object.keys(schema['properties'] as object)
  return record => {
    if (!isValid(record)) throw new Error(ajv.errorsText(isValid.errors))
    return Object.fromEntries(known.filter(name => name in record).map(name => [name, record[name]]))
  }
}

/** The records that today's collector makes of all frames of the venue, and of what happens besides. */
function recordsOfToday(): { readonly dataset: string; readonly record: DataRecord }[] {
  const normalizer = new SessionNormalizer({ session: 's', openedAtUs: tenUs, environment: 'production', collector: 'collector-1' })
  const produced = [
    ...normalizer.open(),
    ...frameFixtures().flatMap(({ text }) => normalizer.entry({ kind: 'frame', timeUs: tenUs, text })),
    ...normalizer.entry({ kind: 'frame', timeUs: tenUs, text: 'no JSON' }),
    ...normalizer.entry({ kind: 'gap', timeUs: tenUs, text: JSON.stringify(gap) }),
    ...normalizer.entry({ kind: 'heartbeat', timeUs: tenUs, text: '' }),
    ...normalizer.entry({ kind: 'close', timeUs: tenUs, text: '{"reason":"stopped"}' }),
  ]
  return produced.map(({ dataset, json }) => ({ dataset, record: JSON.parse(json) }))
}

const today = recordsOfToday()

it.each([...releasedContracts(), contractIn(generatedFolder, 'this tree')])(
  'a decoder of $version reads the records of today',
  ({ topics }) => {
    const decoders = new Map(topics.map(topic => [String(topic.schema['title']), decoderOf(topic)]))
    for (const { dataset, record } of today) {
      const decoded = decoders.get(dataset)!(record)
      expect(record).toMatchObject(decoded)
      expect(decoded).toMatchObject({ timestamp: record.timestamp, seq: record.seq })
    }
    expect(new Set(today.map(({ dataset }) => dataset))).toEqual(new Set(decoders.keys()))
  },
)

it('a decoder of 0.1.0 does not see what came later, and is not disturbed by it', () => {
  const [released] = releasedContracts()
  const decode = decoderOf(released!.topics.find(({ name }) => name === 'kiwoom.feed.gap.v1')!)
  const { record } = today.find(({ record }) => record['reason'] === gap.reason)!
  expect(record).toMatchObject({ types: '0B', type_list: ['0B'], symbols: '005930,000660', symbol_list: ['005930', '000660'] })
  expect(decode({ ...record, brand_new: { of: ['tomorrow'] } })).toEqual({
    timestamp: record.timestamp,
    symbol: '*',
    venue: '*',
    session: 's',
    seq: record.seq,
    from_time: gap.from,
    to_time: gap.to,
    reason: 'a_reason_of_tomorrow',
    types: '0B',
    symbols: '005930,000660',
  })
  expect(() => decode({ ...record, types: ['0B'] })).toThrow('data/types must be string')
})
