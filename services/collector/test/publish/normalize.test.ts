import { entities, entityIndex } from '@tickhouse/catalogue'
import type { EntryBatch } from '@tickhouse/journal'
import { expect, test } from 'vitest'
import { emptyBatch } from '../../src/publish/batch.ts'
import { type NormalizeObserver, StretchNormalizer } from '../../src/publish/normalize.ts'
import { journalStart } from '../../src/publish/publish-point.ts'
import { PublishedRecords } from '../../src/publish/published.ts'
import { tradeFrame } from '../scripted-venue.ts'

const header = { session: 's1', openedAtUs: 1, environment: 'simulator', collector: 'test', version: 1 }
const all = { from: journalStart, to: undefined, late: [], passedOver: new Set<string>() }
const nowUs = Date.UTC(2026, 8, 11, 2, 56, 18) * 1000
const tradeTopic = 'kiwoom.market.trade.v1'

/** Batch number `index` of a session: one trade after which the cumulative volume is `total`. */
function batchOf(index: number, total: number): EntryBatch {
  const at = (offset: number) => ({ segment: 1, offset })
  const entries = [{ kind: 'frame', timeUs: nowUs + index, offset: index * 1_000, bytes: Buffer.from(tradeFrame(total)) } as const]
  return { header, entries, start: at(index * 1_000), end: at((index + 1) * 1_000) }
}

function heard() {
  const received: string[] = []
  const found: number[] = []
  const observer: NormalizeObserver = {
    received: entity => void received.push(entities[entity]!.name),
    found: ({ missing }) => void found.push(missing!),
    normalized: () => {},
  }
  return { received, found, observer }
}

test('what is in the topics is left out, and not looked for behind the place up to which it may be there', () => {
  const published = new PublishedRecords({ segment: 1, offset: 2_000 })
  for (const seq of [1, 2, 3]) published.add('s1', 'trade', 'trade', seq)
  const batch = emptyBatch()
  const normalizer = new StretchNormalizer(all, published, heard().observer)
  for (const index of [0, 1, 2, 3]) normalizer.add(batchOf(index, index + 1), batch)
  const trades = batch.messages.filter(({ topic }) => topic === tradeTopic).map(({ value }) => JSON.parse(String(value)).seq)
  expect(trades).toEqual([3, 4])
  expect(batch.records.of('trade')).toMatchObject({ count: 4, firstTimestamp: nowUs, lastTimestamp: nowUs + 3 })
})

test('records of a dataset that is passed over are counted, and their gaps are told', () => {
  const { received, found, observer } = heard()
  const batch = emptyBatch()
  const normalizer = new StretchNormalizer({ ...all, passedOver: new Set(['trade']) }, new PublishedRecords(), observer)
  for (const [index, total] of [10, 11, 15].entries()) normalizer.add(batchOf(index, total), batch)
  expect(received).toEqual(['feed_session', 'trade', 'trade', 'trade', 'feed_gap'])
  expect(found).toEqual([3])
  expect([...batch.passed]).toEqual([{ dataset: 'trade', count: 3, firstTimestamp: nowUs, lastTimestamp: nowUs + 2 }])
  expect(batch.messages.map(({ topic }) => topic)).toEqual(['kiwoom.feed.session.v1', 'kiwoom.feed.gap.v1'])
  expect(batch.records.of('trade')).toBeUndefined()
  expect([...batch.records].map(({ dataset }) => entityIndex.has(dataset))).toEqual([true, true])
})
