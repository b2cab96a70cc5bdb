import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isLarge, maxColumnBytes, type Produced } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { type Batch, emptyBatch } from '../../src/publish/batch.ts'
import { StretchNormalizer } from '../../src/publish/normalize.ts'
import { journalStart } from '../../src/publish/publish-point.ts'
import { PublishedRecords } from '../../src/publish/published.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const header = { session: 's1', openedAtUs: 1, environment: 'simulator', collector: 'test', version: 1 }
const all = { from: journalStart, to: undefined, late: [], passedOver: new Set<string>() }
const observer = { received: () => {}, found: () => {}, normalized: () => {} }
const maxBytes = 16 * 1024 * 1024
const nowUs = Date.UTC(2026, 8, 11, 2, 56, 18) * 1000

/** A batch with all that comes of these frames. */
function batchOf(frames: readonly Buffer[]): Batch {
  const batch = emptyBatch()
  const normalizer = new StretchNormalizer(all, new PublishedRecords(), observer)
  for (const [index, bytes] of frames.entries()) {
    const entries = [{ kind: 'frame', timeUs: nowUs, offset: 100, bytes } as const]
    const [start, end] = [100 + index, 101 + index].map(offset => ({ segment: 1, offset }))
    normalizer.add({ header, entries, start: start!, end: end! }, batch)
  }
  return batch
}

function usedBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const item = (type: string, values: string) => `{"values":{${values}},"type":"${type}","item":"005930"}`
const frameOf = (items: readonly string[]) => Buffer.from(`{"data":[${items.join(',')}],"trnm":"REAL"}`)

test('what waits of the largest frame that is read takes some MiB, whatever it is made of', { timeout: 120_000 }, () => {
  for (const [type, values] of [
    ['0D', '"41":"1"'],
    ['0B', '"10":"much","302":"삼성전자"'],
    ['0B', ''],
  ]) {
    const one = item(type!, values!)
    const count = Math.min(20_000, Math.floor((1024 * 1024 - 30) / (Buffer.byteLength(one) + 1)))
    const before = usedBytes()
    const batch = batchOf([frameOf(Array(count).fill(one))])
    expect(usedBytes() - before, `${type} ${values}`).toBeLessThan(maxBytes)
    expect(batch.messages).toHaveLength(1 + count)
    expect(batch.bytes).toBe(batch.messages.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0))
  }
})

test('what waits of frames in the usual form takes little more than its bytes, and none is written over by the next', () => {
  const count = 2_000
  const frames = Array.from({ length: count }, (_, index) => frameOf([item('0D', `"41":"${index}"`), item('0D', `"41":"-${index}"`)]))
  const before = usedBytes()
  const batch = batchOf(frames)
  expect(usedBytes() - before).toBeLessThan(2 * batch.bytes + 512 * 2 * count)
  const prices = batch.messages.slice(1).map(({ value }) => JSON.parse(String(value)).asks[0][0])
  expect(prices).toEqual(Array.from({ length: 2 * count }, (_, index) => index >> 1 || null))
})

test('no record that is written in one pass is too large for Kafka', () => {
  const letters = '삼'.repeat(60)
  expect(isLarge({ json: 'x'.repeat(maxColumnBytes) } as Produced)).toBe(false)
  const [, message] = batchOf([
    frameOf([item('0F', Array.from({ length: 5 }, (_, index) => `"${141 + index}":"${letters}"`).join())]),
  ]).messages
  expect(JSON.parse(String(message!.value)).sell_broker_5).toBe(letters)
})
