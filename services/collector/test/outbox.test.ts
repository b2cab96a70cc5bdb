import type { Message } from '@tickhouse/bus'
import { createRegistry } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { parcelMeter } from '../src/metrics.ts'
import { Outbox, type Parcel } from '../src/outbox.ts'
import { journalStart } from '../src/publish-point.ts'

const reach = () => ({ point: journalStart, isFront: true, late: [] })

/** An outbox that is full with 100 bytes; its sends wait until they are released. */
function openOutbox() {
  const sent: Parcel[] = []
  const releases: (() => void)[] = []
  const outbox = new Outbox({
    send: () => new Promise<void>(resolve => releases.push(resolve)),
    onAcknowledged: parcel => sent.push(parcel),
    lingerMs: 0,
    maxBytes: 100,
  })
  const stop = new AbortController()
  const running = outbox.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await running
  })
  const put = (bytes: number, capturedUs: number) => {
    const { parcel } = outbox
    parcel.messages.push({ topic: 't', key: 'k', value: 'v', timestampMs: 1 } satisfies Message)
    parcel.bytes += bytes
    parcel.oldestUs ??= capturedUs
    outbox.ready(reach)
  }
  return { outbox, sent, releases, put }
}

test('says whether a parcel was full or its time was over', async () => {
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
  const note = parcelMeter(registry)
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
