import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Message, type PartitionBatch, requestsOf, sizeOf } from '../src/wire/batches.ts'

const limits = { partitionBytes: 300, requestBytes: 700 }
const partitionFor = ({ key }: Message) => key.charCodeAt(0) % 3

const messages = fc.array(
  fc.record({
    topic: fc.constantFrom('trades', 'quotes'),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    value: fc.string({ maxLength: 120 }),
    timestampMs: fc.nat(),
  }),
)

function byPartition(request: readonly PartitionBatch[]): Map<string, string[]> {
  return new Map(
    request.map(({ topic, partition, messages: some }) => [`${topic}/${partition}`, some.map(({ value }) => value.toString())]),
  )
}

test('every message is in exactly one request, in the order of its partition', () => {
  fc.assert(
    fc.property(messages, all => {
      const sent = new Map<string, string[]>()
      for (const request of requestsOf(all, partitionFor, limits))
        for (const [key, values] of byPartition(request)) sent.set(key, [...(sent.get(key) ?? []), ...values])
      const expected = new Map<string, string[]>()
      for (const message of all) {
        const key = `${message.topic}/${partitionFor(message)}`
        expected.set(key, [...(expected.get(key) ?? []), message.value])
      }
      expect(sent).toEqual(expected)
    }),
  )
})

test('no request and no batch of a partition is larger than the limits, unless one message alone is', () => {
  fc.assert(
    fc.property(messages, all => {
      for (const request of requestsOf(all, partitionFor, limits)) {
        const count = request.reduce((sum, batch) => sum + batch.messages.length, 0)
        const bytes = request.map(batch => batch.messages.reduce((sum, message) => sum + sizeOf(message), 0))
        expect(request.map(batch => batch.bytes)).toEqual(bytes)
        if (count === 1) continue
        expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limits.requestBytes)
        for (const size of bytes) expect(size).toBeLessThanOrEqual(limits.partitionBytes)
      }
    }),
  )
})
