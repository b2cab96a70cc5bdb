import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Message } from '@tickhouse/bus'
import type { EntryBatch } from '@tickhouse/journal'
import { createRegistry } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { batchMeter } from '../../src/metrics.ts'
import type { Batch } from '../../src/publish/batch.ts'
import { Outbox } from '../../src/publish/outbox.ts'
import { journalStart } from '../../src/publish/publish-point.ts'

const reach = () => ({ point: journalStart, isFront: true, late: [] })

/** An outbox that is full with 100 bytes; its sends wait until they are released. */
function openOutbox({ lingerMs = 0 } = {}) {
  const sent: Batch[] = []
  const releases: (() => void)[] = []
  const outbox = new Outbox({ lingerMs, maxBytes: 100 })
  const stop = new AbortController()
  const send = async () => {
    for await (const { batch } of outbox.batches(stop.signal)) {
      await new Promise<void>(resolve => releases.push(resolve))
      sent.push(batch)
    }
  }
  const running = send()
  onTestFinished(async () => {
    stop.abort()
    await running
  })
  const put = (bytes: number, capturedUs: number) => {
    const add = (_: EntryBatch, batch: Batch) => {
      batch.messages.push({ topic: 't', key: 'k', value: 'v', timestampMs: 1 } satisfies Message)
      batch.bytes += bytes
      batch.oldestUs ??= capturedUs
    }
    outbox.add({} as EntryBatch, { add, reach })
  }
  return { outbox, sent, releases, put }
}

test('says whether a batch was full or its time was over', async () => {
  const { sent, releases, put } = openOutbox()
  put(10, 1)
  await eventually(() => expect(releases).toHaveLength(1))
  put(60, 2)
  put(60, 3)
  releases[0]!()
  await eventually(() => expect(releases).toHaveLength(2))
  releases[1]!()
  await eventually(() =>
    expect(sent.map(({ endedBy, messages }) => [endedBy, messages.length])).toEqual([
      ['linger', 1],
      ['bytes', 2],
    ]),
  )
})

test('knows the oldest entry that is under way or waits', async () => {
  const { outbox, sent, releases, put } = openOutbox()
  expect(outbox.oldestUs).toBeUndefined()
  put(10, 5)
  await eventually(() => expect(releases).toHaveLength(1))
  put(10, 9)
  expect(outbox.oldestUs).toBe(5)
  releases[0]!()
  await eventually(() => expect(outbox.oldestUs).toBe(9))
  await eventually(() => expect(releases).toHaveLength(2))
  releases[1]!()
  await eventually(() => expect(sent).toHaveLength(2))
  expect(outbox.oldestUs).toBeUndefined()
})

test('parcels are counted by what ended them, with their sizes', async () => {
  const registry = createRegistry('collector')
  const note = batchMeter(registry)
  const { sent, releases, put } = openOutbox()
  put(100, 1)
  await eventually(() => expect(releases).toHaveLength(1))
  releases[0]!()
  await eventually(() => expect(sent).toHaveLength(1))
  note(sent[0]!)
  const text = await registry.metrics()
  expect(text).toContain('tickhouse_collector_parcels_total{trigger="bytes",service="collector"} 1')
  expect(text).toContain('tickhouse_collector_parcel_bytes_sum{service="collector"} 100')
  expect(text).toContain('tickhouse_collector_parcel_records_sum{service="collector"} 1')
})

test('wants the rest of a backlog at once, and what is new once a batch is due', async () => {
  const { outbox, sent, releases, put } = openOutbox({ lingerMs: 60_000 })
  const piece = (bytes: number) => ({ start: { segment: 1, offset: 0 }, end: { segment: 1, offset: bytes } })
  const stop = new AbortController()
  put(10, 1)
  await eventually(() => expect(releases).toHaveLength(1))
  await outbox.wanted(piece(60_000), stop.signal)
  let isWanted = false
  const waiting = outbox.wanted(piece(1_000), stop.signal).then(() => {
    isWanted = true
  })
  await nextTurn()
  expect(isWanted).toBe(false)
  stop.abort()
  await waiting
  releases[0]!()
  await eventually(() => expect(sent).toHaveLength(1))
})
