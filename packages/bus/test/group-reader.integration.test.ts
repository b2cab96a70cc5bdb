import { describeWithServers, isOffsetCommit, TcpProxy } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Bus, GroupReader, GroupReaderOptions, PartitionState, Poll, StartAt } from '../src/index.ts'
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts'
import { broker, freshName, freshTopic, numbered, numberOf, testBus } from './on-kafka.ts'

const fromCommitted: StartAt = async partitions =>
  partitions.map(({ topic, partition, committed, earliest }) => ({ topic, partition, offset: committed?.offset ?? earliest }))
const quick = { minBytes: 1, maxWaitMs: 50 }

async function publish(topic: string, count: number, from = 1): Promise<void> {
  const publisher = testBus().publisher()
  await publisher.publish(numbered(topic, count, { from }))
  await publisher.close()
}

function reader(bus: Bus, options: Partial<GroupReaderOptions> & Pick<GroupReaderOptions, 'groupId' | 'topics'>): GroupReader {
  const made = bus.reader({ startAt: fromCommitted, limits: quick, ...options })
  onTestFinished(() => made.close())
  return made
}

const numbersOf = ({ partitions }: Poll): number[] => partitions.flatMap(({ records }) => records.map(numberOf))

function commitAll(poll: Poll): Promise<boolean> {
  return poll.commit(
    poll.partitions.map(({ topic, partition, nextOffset, records }) => ({
      topic,
      partition,
      offset: nextOffset,
      metadata: JSON.stringify({ offset: records.at(-1)!.offset }),
    })),
  )
}

/** Reads and commits until so many different numbers have come; then stops and leaves the group. */
async function readNumbers(
  member: GroupReader,
  wanted: number,
  onPoll: (poll: Poll) => Promise<void> | void = () => {},
): Promise<Set<number>> {
  const stop = new AbortController()
  const numbers = new Set<number>()
  for await (const poll of member.polls(stop.signal)) {
    await onPoll(poll)
    for (const number of numbersOf(poll)) numbers.add(number)
    await commitAll(poll)
    if (numbers.size >= wanted) stop.abort()
  }
  await member.close()
  return numbers
}

async function proxied(): Promise<{ proxy: KafkaProxy; bus: Bus }> {
  const proxy = await startKafkaProxy(broker())
  onTestFinished(() => proxy.close())
  return { proxy, bus: testBus({ brokers: [`127.0.0.1:${proxy.address.port}`], reachedAt: () => proxy.address }) }
}

describeWithServers('reading Kafka as a member of a group', () => {
  test('one poll holds what all partitions of all topics had', async () => {
    const [one, two] = [await freshTopic('poll', 6), await freshTopic('poll', 1)]
    await publish(one, 500)
    await publish(two, 500, 501)
    const polls: Poll[] = []
    const numbers = await readNumbers(
      reader(testBus(), { groupId: freshName('group'), topics: [one, two] }),
      1_000,
      poll => void polls.push(poll),
    )
    expect(numbers.size).toBe(1_000)
    expect(polls).toHaveLength(1)
    expect(polls[0]!.partitions.map(({ topic }) => topic).filter(topic => topic === one)).toHaveLength(6)
  })

  test('a poll says whether enough was there or the time was over', async () => {
    const topic = await freshTopic('trigger', 1)
    await publish(topic, 500)
    for (const [minBytes, trigger] of [
      [1_000, 'bytes'],
      [1 << 20, 'time'],
    ] as const) {
      const polls: Poll[] = []
      const limits = { minBytes, maxWaitMs: 100 }
      await readNumbers(reader(testBus(), { groupId: freshName('group'), topics: [topic], limits }), 500, poll => void polls.push(poll))
      expect(polls[0]).toMatchObject({ trigger, bytes: expect.any(Number) })
      expect(polls[0]!.bytes).toBeGreaterThan(1_000)
    }
  })

  test('what was committed, with its metadata, is given back to whoever reads on', async () => {
    const topic = await freshTopic('resumed', 2)
    const groupId = freshName('group')
    await publish(topic, 100)
    await readNumbers(reader(testBus(), { groupId, topics: [topic] }), 100)
    await publish(topic, 50, 101)
    const states: PartitionState[] = []
    const startAt: StartAt = async (partitions, recordAt) => {
      states.push(...partitions)
      return fromCommitted(partitions, recordAt)
    }
    const numbers = await readNumbers(reader(testBus(), { groupId, topics: [topic], startAt }), 50)
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 101))
    for (const { committed, earliest, latest } of states) {
      expect(JSON.parse(committed!.metadata)).toEqual({ offset: committed!.offset - 1 })
      expect(earliest).toBe(0)
      expect(latest).toBeGreaterThan(committed!.offset)
    }
  })

  test('the caller decides where to begin, whatever was committed', async () => {
    const topic = await freshTopic('chosen', 1)
    const groupId = freshName('group')
    await publish(topic, 100)
    await readNumbers(reader(testBus(), { groupId, topics: [topic] }), 100)
    const startAt: StartAt = async partitions => partitions.map(({ topic, partition }) => ({ topic, partition, offset: 40 }))
    expect(Math.min(...(await readNumbers(reader(testBus(), { groupId, topics: [topic], startAt }), 60)))).toBe(41)
  })

  test('the lag of a group is what it has not committed', async () => {
    const topic = await freshTopic('lag', 1)
    const groupId = freshName('group')
    const bus = testBus()
    await publish(topic, 10)
    expect(await bus.lag(groupId, [topic])).toEqual([{ topic, partition: 0, committed: null, end: 10, lag: 10 }])
    await readNumbers(reader(bus, { groupId, topics: [topic] }), 10)
    await publish(topic, 3, 11)
    expect(await bus.lag(groupId, [topic])).toEqual([{ topic, partition: 0, committed: 10, end: 13, lag: 3 }])
  })

  test('two members share the partitions, and the one that is left takes over all', async () => {
    const topic = await freshTopic('shared', 6)
    const groupId = freshName('group')
    const stops = [new AbortController(), new AbortController()]
    const readers = stops.map(() => reader(testBus(), { groupId, topics: [topic] }))
    const seen = [new Set<number>(), new Set<number>()]
    const ended = readers.map(async (member, index) => {
      for await (const poll of member.polls(stops[index]!.signal)) {
        for (const number of numbersOf(poll)) seen[index]!.add(number)
        await commitAll(poll)
      }
    })
    await vi.waitFor(() => expect(readers.map(({ progress }) => progress.length)).toEqual([3, 3]), { timeout: 15_000 })
    await publish(topic, 600)
    await vi.waitFor(() => expect(new Set([...seen[0]!, ...seen[1]!]).size).toBe(600), { timeout: 15_000 })
    expect(Math.min(seen[0]!.size, seen[1]!.size)).toBeGreaterThan(100)
    stops[0]!.abort()
    await ended[0]
    await readers[0]!.close()
    await publish(topic, 600, 601)
    await vi.waitFor(() => expect(new Set([...seen[0]!, ...seen[1]!]).size).toBe(1_200), { timeout: 15_000 })
    expect(seen[1]!.size).toBeGreaterThanOrEqual(600)
    stops[1]!.abort()
    await ended[1]
  })

  test('topics go to members as a whole; while a member of an older build is in the group their partitions are divided as it knows', async () => {
    const topics = [await freshTopic('whole', 6), await freshTopic('whole', 6)]
    const groupId = freshName('group')
    const stop = new AbortController()
    const members = [1, 2].map(() => reader(testBus(), { groupId, topics }))
    const ended = members.map(async member => {
      for await (const poll of member.polls(stop.signal)) await commitAll(poll)
    })
    const held = () =>
      members.map(({ progress }) => [...Map.groupBy(progress, ({ topic }) => topic).values()].map(own => own.length).sort())
    await vi.waitFor(() => expect(held()).toEqual([[6], [6]]), { timeout: 15_000 })
    const old = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).consumer({ groupId })
    await old.connect()
    await old.subscribe({ topics })
    await old.run({ eachMessage: async () => {} })
    await vi.waitFor(
      () =>
        expect(held()).toEqual([
          [2, 2],
          [2, 2],
        ]),
      { timeout: 30_000 },
    )
    await old.disconnect()
    await vi.waitFor(() => expect(held()).toEqual([[6], [6]]), { timeout: 30_000 })
    stop.abort()
    await Promise.all(ended)
  })

  test('a commit for partitions that have gone to another member is not made', async () => {
    const topic = await freshTopic('stale', 1)
    const groupId = freshName('group')
    await publish(topic, 10)
    const bus = testBus()
    const polls: Poll[] = []
    const stop = new AbortController()
    const first = reader(bus, { groupId, topics: [topic] })
    const ended = (async () => {
      for await (const poll of first.polls(stop.signal)) polls.push(poll)
    })()
    await vi.waitFor(() => expect(polls.length).toBeGreaterThan(0), { timeout: 15_000 })
    const second = reader(bus, { groupId, topics: [topic] })
    const readBySecond = readNumbers(second, 11)
    await vi.waitFor(() => expect(first.progress.length + second.progress.length).toBe(1), { timeout: 15_000 })
    await vi.waitFor(async () => expect(await bus.counted('tickhouse_bus_assignments_total')).toBeGreaterThanOrEqual(3), {
      timeout: 15_000,
    })
    expect(await commitAll(polls[0]!)).toBe(false)
    stop.abort()
    await ended
    await first.close()
    await publish(topic, 1, 11)
    expect((await readBySecond).size).toBe(11)
  })

  test('a commit that nobody answers holds reading up for no longer than it may', async () => {
    const topic = await freshTopic('unconfirmed', 1)
    const proxy = await TcpProxy.open({ target: { port: Number(broker().split(':')[1]) } })
    onTestFinished(() => proxy.close())
    const bus = testBus({ brokers: [proxy.address], reachedAt: () => ({ host: '127.0.0.1', port: proxy.port }) })
    const swallowed = proxy.swallowRequest(isOffsetCommit)
    await publish(topic, 10)
    const confirmed: boolean[] = []
    const stop = new AbortController()
    const member = reader(bus, { groupId: freshName('group'), topics: [topic], commitTimeoutMs: 300 })
    for await (const poll of member.polls(stop.signal)) {
      confirmed.push(await commitAll(poll))
      if (confirmed.length === 1) await publish(topic, 10, 11)
      if (confirmed.at(-1)) stop.abort()
    }
    await swallowed
    expect(confirmed).toEqual([false, true])
    expect(await bus.counted('tickhouse_bus_commits_total', { result: 'failed' })).toBe(1)
  })

  test('a member that stores for longer than a session stays in the group', async () => {
    const topic = await freshTopic('slow', 1)
    const bus = testBus()
    await publish(topic, 10)
    const slow = async () => void (await new Promise(resolve => setTimeout(resolve, 7_500)))
    await readNumbers(reader(bus, { groupId: freshName('group'), topics: [topic], sessionTimeoutMs: 6_000 }), 10, slow)
    expect(await bus.counted('tickhouse_bus_commits_total', { result: 'done' })).toBe(1)
    expect(await bus.counted('tickhouse_bus_assignments_total')).toBe(1)
  })

  test('an offset that has expired is never skipped silently: the caller is asked again', async () => {
    const topic = await freshTopic('expired', 1)
    await publish(topic, 100)
    const admin = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).admin()
    onTestFinished(() => admin.disconnect())
    await admin.connect()
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '60' }] })
    const asked: PartitionState[] = []
    const startAt: StartAt = async partitions => {
      asked.push(...partitions)
      return partitions.map(({ topic: name, partition, earliest }) => ({
        topic: name,
        partition,
        offset: asked.length === 1 ? 20 : earliest,
      }))
    }
    const numbers = await readNumbers(reader(testBus(), { groupId: freshName('group'), topics: [topic], startAt }), 40)
    expect(Math.min(...numbers)).toBe(61)
    expect(asked[1]).toEqual({
      topic,
      partition: 0,
      topicId: expect.any(String),
      committed: { offset: 20, metadata: '' },
      earliest: 60,
      latest: 100,
    })
  })

  test('a topic that is deleted and made again under a reader is noticed, and the caller is asked where to begin in the new one', async () => {
    const topic = await freshTopic('remade', 1)
    await publish(topic, 3)
    const admin = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).admin()
    onTestFinished(() => admin.disconnect())
    await admin.connect()
    const ids: (string | null)[] = []
    const startAt: StartAt = async partitions => {
      ids.push(...partitions.map(({ topicId }) => topicId))
      return partitions.map(({ topic: name, partition, earliest }) => ({ topic: name, partition, offset: earliest }))
    }
    const numbers = readNumbers(reader(testBus(), { groupId: freshName('group'), topics: [topic], startAt }), 8, async () => {
      if (ids.length > 1) return
      await admin.deleteTopics({ topics: [topic] })
      await vi.waitFor(() => admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] }), { timeout: 15_000 })
      await publish(topic, 5, 4)
    })
    expect([...(await numbers)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(ids[0]).toMatch(/^[\w-]{22}$/)
    expect(ids.at(-1)).not.toBe(ids[0])
  })

  test('nothing counts as being read once the partitions are gone, and why nothing is read is told', async () => {
    const topic = await freshTopic('standing', 2)
    const { proxy, bus } = await proxied()
    const member = reader(bus, { groupId: freshName('group'), topics: [topic] })
    const stop = new AbortController()
    expect(member.standstill).toMatchObject({ waitsFor: 'group' })
    const ended = (async () => {
      for await (const poll of member.polls(stop.signal)) await commitAll(poll)
    })()
    await vi.waitFor(() => expect([member.progress.length, member.standstill]).toEqual([2, null]), { timeout: 15_000 })
    proxy.cut()
    await vi.waitFor(() => expect(member.standstill).toMatchObject({ reason: expect.stringMatching(/\w/) }), { timeout: 10_000 })
    await vi.waitFor(() => expect(member.progress).toEqual([]), { timeout: 20_000 })
    const { forMs } = member.standstill!
    await vi.waitFor(() => expect(member.standstill!.forMs).toBeGreaterThan(forMs + 500), { timeout: 10_000 })
    await proxy.restore()
    await vi.waitFor(() => expect([member.progress.length, member.standstill]).toEqual([2, null]), { timeout: 15_000 })
    stop.abort()
    await ended
  })

  test('reading goes on after Kafka was away, from the start and later', async () => {
    const topic = await freshTopic('away', 3)
    const { proxy, bus } = await proxied()
    proxy.cut()
    const numbers = readNumbers(reader(bus, { groupId: freshName('group'), topics: [topic] }), 200, () => {
      if (cuts-- > 0) proxy.cut()
      setTimeout(() => proxy.restore(), 300)
    })
    let cuts = 1
    await publish(topic, 100)
    await proxy.restore()
    await vi.waitFor(() => expect(cuts).toBe(0), { timeout: 15_000 })
    await publish(topic, 100, 101)
    expect((await numbers).size).toBe(200)
  })

  test('a topic that is made later is waited for', async () => {
    const topic = freshName('later')
    const bus = testBus()
    const numbers = readNumbers(reader(bus, { groupId: freshName('group'), topics: [topic] }), 10)
    await bus.topics.apply(await bus.topics.plan([{ name: topic, dataset: 'x', partitions: 1, config: {} }]))
    await publish(topic, 10)
    expect((await numbers).size).toBe(10)
  })

  test('partitions that are added later are read too', async () => {
    const topic = await freshTopic('grows', 1)
    const bus = testBus()
    const definition = { name: topic, dataset: 'x', partitions: 3, config: {} }
    await publish(topic, 10)
    const numbers = readNumbers(reader(bus, { groupId: freshName('group'), topics: [topic] }), 110)
    await bus.topics.apply(await bus.topics.plan([definition]))
    await publish(topic, 100, 11)
    expect((await numbers).size).toBe(110)
  })
})
