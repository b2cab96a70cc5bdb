import { readFileSync } from 'node:fs'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { MemoryBus } from './memory-bus.ts'
import { PublishingLife } from './publish-fixture.ts'

const gapTopic = 'kiwoom.feed.gap.v1'
const trades = (bus: MemoryBus) => bus.records.filter(({ topic }) => topic === 'kiwoom.market.trade.v1')
const numbersOf = (bus: MemoryBus) => trades(bus).map(({ value }) => value.seq)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('publishes each trade once, keyed by symbol, with its capture time', async () => {
  const bus = new MemoryBus()
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  life.capture(3)
  await life.stop()
  expect(trades(bus).map(({ key, value }) => [key, value.seq])).toEqual([
    ['005930', 1],
    ['005931', 2],
    ['005932', 3],
  ])
  for (const { value, timestampMs } of bus.records) expect(timestampMs).toBe(Math.floor(value.timestamp / 1000))
  expect(bus.records.map(({ topic }) => topic).filter(topic => topic === 'kiwoom.feed.session.v1')).toHaveLength(2)
  expect(life.counts.datasets.get('trade')).toMatchObject({ received: 3, published: 3 })
  expect(life.publishing.lag).toEqual({ records: 0, bytes: 0, ageMs: 0 })
})

test('tells how long the oldest entry has waited for Kafka, also while sending is given up and begun anew', async () => {
  const bus = new MemoryBus()
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  life.capture(1)
  await eventually(() => expect(numbersOf(bus)).toEqual([1]))
  await eventually(() => expect(life.publishing.lag.ageMs).toBe(0))
  bus.onPublish = () => 0
  life.capture(1)
  const capturedAtMs = life.feedLog.now() / 1000
  await eventually(() => expect(life.publishing.problem).toBeDefined())
  life.capture(1)
  const waitedMs = Date.now() - capturedAtMs
  expect(life.publishing.lag).toMatchObject({ records: 2 })
  expect(life.publishing.lag.ageMs).toBeGreaterThanOrEqual(Math.floor(waitedMs))
  bus.onPublish = () => undefined
  await eventually(() => expect(life.publishing.lag).toEqual({ records: 0, bytes: 0, ageMs: 0 }))
  await life.stop()
})

test('sends what gathered during a send as one batch', async () => {
  const bus = new MemoryBus()
  let release = () => {}
  bus.onPublish = () =>
    new Promise<undefined>(resolve => {
      release = () => resolve(undefined)
    })
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  await eventually(() => expect(life.publishing.problem).toBeUndefined())
  life.capture(500)
  await life.journal.flush()
  await eventually(() => expect(life.counts.datasets.get('trade')?.received).toBe(500))
  bus.onPublish = () => undefined
  release()
  await eventually(() => expect(life.publishing.lag.records).toBe(0))
  expect(bus.batches.length).toBeLessThanOrEqual(3)
  expect(numbersOf(bus)).toEqual(upTo(500))
  await life.stop()
})

test('publishes only the rest after a crash between sending and the checkpoint', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(10)
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  first.capture(10)
  await first.journal.flush()
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  await first.crash()
  const second = await PublishingLife.begin(directory, bus)
  await second.stop()
  expect(numbersOf(bus)).toEqual(upTo(20))
})

test('closes the session of a crashed process, and tells the gap in the next one, in the topics too', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  const { session } = first.feedLog.begin()
  first.capture(2)
  await eventually(() => expect(numbersOf(bus)).toEqual([1, 2]))
  await first.crash({ checkpointed: true })
  const second = await PublishingLife.begin(directory, bus)
  const next = second.feedLog.begin().session
  second.feedLog.settle()
  await second.stop()
  const own = bus.records.filter(({ topic }) => topic.startsWith('kiwoom.feed.')).map(({ value }) => value)
  expect(own.map(value => [value.session, value['event'] ?? value['reason'], value.seq])).toEqual([
    [session, 'open', 1],
    [session, 'close', 2],
    [next, 'open', 1],
    [next, 'crashed', 1],
    [next, 'close', 2],
  ])
  expect(own[1]).toMatchObject({ reason: 'crashed', records: JSON.stringify({ trade: 2 }) })
})

test('looks up what is there when Kafka fails in the middle of a batch, and goes on by itself', async () => {
  const bus = new MemoryBus()
  let failures = 0
  bus.onPublish = messages => (failures++ < 1 ? Math.floor(messages.length / 2) : undefined)
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  life.capture(20)
  await eventually(() => expect(numbersOf(bus)).toEqual(upTo(20)))
  expect(life.publishing.problem).toBeUndefined()
  await life.stop()
})

test('does not take a dead letter of the sink for a record of its own', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  const { session } = first.feedLog.begin()
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  await first.crash()
  const timestamp = first.feedLog.now()
  const letter = { session, seq: 1, timestamp, stage: 'sink' }
  bus.records.push({ topic: 'kiwoom.dead-letter.v1', key: '*', value: letter, timestampMs: Math.floor(timestamp / 1000) })
  const second = await PublishingLife.begin(directory, bus)
  second.journal.append('frame', second.feedLog.now(), Buffer.from('garbage'))
  await eventually(() => expect(bus.records.filter(({ topic }) => topic === 'kiwoom.dead-letter.v1')).toHaveLength(2))
  await second.stop()
})

test('does not take a trade for the dead letter that has its number, nor the dead letter for a trade', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  const { session } = first.feedLog.begin()
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  await first.crash()
  const timestamp = first.feedLog.now()
  const note = (topic: string, value: object) =>
    bus.records.push({ topic, key: '*', value: { session, seq: 1, timestamp, ...value }, timestampMs: Math.floor(timestamp / 1000) })
  note('kiwoom.market.trade.v1', { seq: 1 })
  note('kiwoom.dead-letter.v1', { seq: 2, stage: 'collector', dataset: 'trade' })
  note('kiwoom.dead-letter.v1', { seq: 1, stage: 'collector', dataset: '*' })
  const second = await PublishingLife.begin(directory, bus)
  second.captureEmpty()
  second.capture(1)
  await eventually(() => expect(second.publishing.lag.records).toBe(0))
  await second.stop()
  const added = bus.records.slice(4).filter(({ topic }) => !topic.startsWith('kiwoom.feed.'))
  expect(added.map(({ topic, value }) => [topic, value.session === session, value.seq])).toEqual([
    ['kiwoom.dead-letter.v1', true, 1],
    ['kiwoom.market.trade.v1', true, 2],
  ])
})

test('counts a gap that trades show once, however often Kafka fails and whoever publishes it', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  let failures = 0
  bus.onPublish = messages =>
    messages.some(({ topic }) => topic === gapTopic) && failures < 2 ? Math.floor(messages.length / ++failures / 2) : undefined
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  for (const total of [100, 101, 105, 106, 116]) first.captureTrade('005930', total)
  const gaps = () => bus.records.flatMap(({ topic, value }) => (topic === gapTopic ? [value['missing'] ?? value['reason']] : []))
  await eventually(() => expect(gaps()).toEqual([3, 9]))
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  expect(failures).toBe(2)
  expect([...first.counts.gaps, first.counts.missingShares]).toEqual([['volume_missing', 2], 12])
  await first.crash()
  const second = await PublishingLife.begin(directory, bus)
  second.captureTrade('005930', 118)
  await eventually(() => expect(gaps()).toEqual([3, 9, 1]))
  expect([second.counts.gaps.get('volume_missing'), second.counts.missingShares]).toEqual([1, 1])
  await second.stop()
})

const tradeTopic = 'kiwoom.market.trade.v1'
const heldNames = (life: PublishingLife) => life.publishing.held.map(({ dataset, state }) => [dataset, state])
const sessions = (bus: MemoryBus) => bus.records.filter(({ topic }) => topic === 'kiwoom.feed.session.v1')

test('a topic that is missing holds its dataset alone, by name, and its records are published once it is made', async () => {
  const bus = new MemoryBus()
  bus.missing.add(tradeTopic)
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  life.capture(30)
  await eventually(() => expect(sessions(bus)).toHaveLength(1))
  await eventually(() => expect(life.publishing.held).toMatchObject([{ dataset: 'trade', state: 'held', records: 30 }]))
  expect(life.publishing.problem).toBeUndefined()
  expect(life.publishing.held[0]!.reason).toBe(`Missing topics: ${tradeTopic}`)
  expect(life.publishing.lag.records).toBe(30)
  expect(life.publishing.lag.ageMs).toBeGreaterThan(0)
  bus.missing.clear()
  life.capture(10)
  await eventually(() => expect(numbersOf(bus)).toEqual(upTo(40)))
  await eventually(() => expect(life.publishing.lag).toEqual({ records: 0, bytes: 0, ageMs: 0 }))
  expect(life.publishing.held).toEqual([])
  await life.stop()
})

test('a topic that refuses a record in the middle of a batch holds its dataset; the others and the checkpoint go on, and a restart keeps what is held', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(10)
  await eventually(() => expect(numbersOf(bus)).toEqual(upTo(10)))
  bus.refusing.add(tradeTopic)
  first.capture(10)
  await eventually(() => expect(heldNames(first)).toEqual([['trade', 'held']]))
  first.feedLog.beat()
  await eventually(() => expect(first.publishing.held[0]!.records).toBe(10))
  first.feedLog.close({ fromUs: first.feedLog.now(), reason: 'stopped', evidence: 'test' })
  await eventually(() => expect(sessions(bus)).toHaveLength(2))
  await first.crash({ checkpointed: true })
  const second = await PublishingLife.begin(directory, bus)
  second.feedLog.begin()
  second.capture(5)
  await eventually(() => expect(sessions(bus)).toHaveLength(3))
  expect(heldNames(second)).toEqual([['trade', 'held']])
  await eventually(() => expect(second.publishing.held[0]!.records).toBe(15))
  bus.refusing.clear()
  await eventually(() => expect(numbersOf(bus)).toEqual([...upTo(20), ...upTo(5)]))
  await eventually(() => expect(second.publishing.held).toEqual([]))
  expect(second.checkpoint.value).not.toHaveProperty('behind')
  await second.stop()
})

test('datasets that were held at different times catch up each from its own place, once and in order', async () => {
  const bus = new MemoryBus()
  const letterTopic = 'kiwoom.dead-letter.v1'
  const letters = () => bus.records.filter(({ topic }) => topic === letterTopic).map(({ value }) => value.seq)
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  life.capture(3)
  await eventually(() => expect(numbersOf(bus)).toHaveLength(3))
  bus.refusing.add(letterTopic)
  life.captureEmpty()
  await eventually(() => expect(heldNames(life)).toEqual([['dead_letter', 'held']]))
  life.capture(3)
  await eventually(() => expect(numbersOf(bus)).toHaveLength(6))
  bus.refusing.add(tradeTopic)
  life.capture(3)
  life.captureEmpty()
  await eventually(() => expect(life.publishing.held).toHaveLength(2))
  bus.refusing.delete(letterTopic)
  await eventually(() => expect(letters()).toEqual([4, 11]))
  expect(numbersOf(bus)).toHaveLength(6)
  await eventually(() => expect(heldNames(life)).toEqual([['trade', 'held']]))
  bus.refusing.clear()
  await eventually(() => expect(numbersOf(bus)).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]))
  await life.stop()
})

test('a topic whose records cannot be read at the start holds its dataset alone, and nothing stands there twice afterwards', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(10)
  await eventually(() => expect(numbersOf(bus)).toEqual(upTo(10)))
  await first.crash()
  bus.unreadable.add(tradeTopic)
  const second = await PublishingLife.begin(directory, bus)
  second.feedLog.begin()
  second.capture(2)
  await eventually(() => expect(sessions(bus)).toHaveLength(3))
  expect(second.publishing.held).toMatchObject([{ dataset: 'trade', reason: 'No such codec' }])
  bus.unreadable.clear()
  await eventually(() => expect(numbersOf(bus)).toEqual([...upTo(10), 1, 2]))
  await second.stop()
})

test('a topic that was deleted and made again takes what is in doubt, whatever offsets the checkpoint has', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(10)
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  await first.crash({ checkpointed: true })
  bus.empty(tradeTopic)
  const second = await PublishingLife.begin(directory, bus)
  second.feedLog.begin()
  second.capture(3)
  await eventually(() => expect(numbersOf(bus)).toEqual(upTo(3)))
  await second.crash()
  const third = await PublishingLife.begin(directory, bus)
  await third.stop()
  expect(numbersOf(bus)).toEqual(upTo(3))
})

test('finds what is in doubt whatever time it has in Kafka', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const publisher = bus.publisher.bind(bus)
  bus.publisher = () => {
    const { publish, close } = publisher()
    return {
      publish: (messages, signal) =>
        publish(
          messages.map(message => ({ ...message, timestampMs: 1_000 })),
          signal,
        ),
      close,
    }
  }
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(10)
  await eventually(() => expect(numbersOf(bus)).toEqual(upTo(10)))
  await first.crash()
  const second = await PublishingLife.begin(directory, bus)
  await second.stop()
  expect(numbersOf(bus)).toEqual(upTo(10))
})

test('reads of the topics at a start only what came since the last acknowledgement', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(100)
  await eventually(() => expect(first.publishing.lag.records).toBe(0))
  await first.crash({ checkpointed: true })
  bus.reads = 0
  const second = await PublishingLife.begin(directory, bus)
  second.capture(1)
  await eventually(() => expect(numbersOf(bus)).toHaveLength(101))
  expect(bus.reads).toBe(0)
  await second.stop()
})

test('goes on from a checkpoint of an earlier version, which knows no offsets', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const first = await PublishingLife.begin(directory, bus)
  first.feedLog.begin()
  first.capture(4)
  await eventually(() => expect(numbersOf(bus)).toHaveLength(4))
  const { position, session, state } = first.checkpoint.value!
  first.checkpoint.moveTo({ position, session, state })
  await first.checkpoint.flush()
  first.capture(4)
  await eventually(() => expect(numbersOf(bus)).toHaveLength(8))
  const file = `${directory}/checkpoint.json`
  await first.crash()
  expect(JSON.parse(readFileSync(file, 'utf8'))).not.toHaveProperty('ends')
  const second = await PublishingLife.begin(directory, bus)
  await second.stop()
  expect(numbersOf(bus)).toEqual(upTo(8))
})

test('the lag rises while nothing is acknowledged, even for records from a clock that was hours ahead', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  const life = await PublishingLife.begin(directory, bus, {
    nowMs: () => Date.now() + 7_200_000,
    monotonicUs: () => performance.now() * 1000,
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  bus.onPublish = () => promise
  life.feedLog.begin()
  life.capture(1)
  await eventually(() => expect(life.publishing.lag.ageMs).toBeGreaterThan(200))
  resolve(undefined)
  await life.stop()
})

test('a record that no topic could take becomes a dead letter with its number, and the others go on', async () => {
  const bus = new MemoryBus()
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  life.feedLog.begin()
  life.feedLog.gap({ from: 1, to: 2, reason: 'test', evidence: '가'.repeat(64_000), symbols: ['나'.repeat(64_000)] })
  life.feedLog.gap({ from: 1, to: 2, reason: 'test', evidence: 'short' })
  await eventually(() => expect(bus.records.filter(({ topic }) => topic === gapTopic).map(({ value }) => value.seq)).toEqual([2]))
  const letters = bus.records.filter(({ topic }) => topic === 'kiwoom.dead-letter.v1').map(({ value }) => value)
  expect(letters).toMatchObject([{ seq: 1, dataset: 'feed_gap', stage: 'collector', reason: 'too_large' }])
  await life.stop()
})

test('starts over from the journal when the checkpoint is gone, and doubles nothing', async () => {
  const bus = new MemoryBus()
  const directory = temporaryFolder()
  for (let count = 0; count < 3; count++) {
    const life = await PublishingLife.begin(directory, bus)
    life.feedLog.begin()
    life.capture(5)
    await eventually(() => expect(life.publishing.lag.records).toBe(0))
    await life.crash()
  }
  const last = await PublishingLife.begin(directory, bus)
  await last.stop()
  const ids = trades(bus).map(({ value }) => `${value.session}/${value.seq}`)
  expect(ids).toHaveLength(15)
  expect(new Set(ids).size).toBe(15)
})

test('an item of which nothing comes while others flow is a gap in the topic, until it speaks', async () => {
  const bus = new MemoryBus()
  const life = await PublishingLife.begin(temporaryFolder(), bus)
  const { openedAtUs } = life.feedLog.begin()
  const gaps = () => bus.records.filter(({ topic }) => topic === gapTopic).map(({ value }) => value as unknown as Record<string, unknown>)
  for (let step = 0; step < 100; step++) life.captureTrade('005930', step + 1, openedAtUs + step * 10_000_000)
  await eventually(() =>
    expect(gaps().map(gap => [gap['reason'], gap['symbols']])).toEqual([
      ['item_silent', '005931'],
      ['item_silent', '999999'],
    ]),
  )
  expect([...life.counts.items.silent.keys()]).toEqual(['005931', '999999'])
  expect(gaps()[0]).toMatchObject({ types: '0B', from_time: openedAtUs })
  life.captureTrade('005931', 1, openedAtUs + 1_000_000_000)
  await eventually(() => expect(gaps()).toHaveLength(3))
  await life.stop()
  expect(gaps().map(gap => gap['symbols'])).toEqual(['005931', '999999', '005931', '999999'])
})
