import { rmSync } from 'node:fs'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryBus } from './memory-bus.ts'
import { PublishingLife } from './publish-fixture.ts'

const tradeTopic = 'kiwoom.market.trade.v1'
const letterTopic = 'kiwoom.dead-letter.v1'

/**
 * One life: how many trades it captures (every tenth without values), which topics refuse or do not exist, and after how many batches and how many messages of the
 * next one it dies.
 */
const life = fc.record({
  trades: fc.integer({ min: 0, max: 30 }),
  batches: fc.integer({ min: 0, max: 3 }),
  messages: fc.integer({ min: 0, max: 40 }),
  checkpointed: fc.boolean(),
  refusing: fc.subarray([tradeTopic, letterTopic, 'kiwoom.feed.session.v1']),
  missing: fc.subarray([tradeTopic, letterTopic]),
})

test('whenever a process dies, and whatever topics refuse meanwhile, the topics hold every record once and without holes in the end', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async lives => {
      const bus = new MemoryBus()
      const directory = temporaryFolder()
      for (const plan of lives) await liveAndDie(directory, bus, plan)
      bus.onPublish = () => undefined
      bus.missing.clear()
      bus.refusing.clear()
      const last = await PublishingLife.begin(directory, bus)
      await eventually(() => expect(last.publishing.held).toEqual([]), { intervalMs: 5 })
      await last.stop()
      expect(orderByTopic(bus)).toEqual(new Map([...orderByTopic(bus)].map(([key, numbers]) => [key, numbers.toSorted((a, b) => a - b)])))
      for (const [key, numbers] of numbersByDataset(bus)) {
        expect({ key, numbers: numbers.sort((a, b) => a - b) }).toEqual({ key, numbers: numbers.map((_, index) => index + 1) })
      }
      expect(bus.records.filter(({ topic }) => topic === tradeTopic)).toHaveLength(lives.reduce((sum, { trades }) => sum + trades, 0))
      expect(bus.records.filter(({ topic }) => topic === letterTopic)).toHaveLength(
        lives.reduce((sum, { trades }) => sum + Math.ceil(trades / 10), 0),
      )
      rmSync(directory, { recursive: true })
    }),
    { numRuns: 40 },
  )
})

async function liveAndDie(
  directory: string,
  bus: MemoryBus,
  { trades, batches, messages, checkpointed, refusing, missing }: typeof life extends fc.Arbitrary<infer T> ? T : never,
) {
  let published = 0
  bus.refusing.clear()
  bus.missing.clear()
  for (const topic of refusing) bus.refusing.add(topic)
  for (const topic of missing) bus.missing.add(topic)
  let died = () => {}
  const death = new Promise<void>(resolve => {
    died = resolve
  })
  bus.onPublish = async sent => {
    if (published++ < batches) return undefined
    died()
    return Math.min(messages, sent.length)
  }
  const process = await PublishingLife.begin(directory, bus)
  process.feedLog.begin()
  for (let captured = 0; captured < trades; captured += 10) {
    process.captureEmpty()
    process.capture(Math.min(10, trades - captured))
    await process.journal.flush()
  }
  await Promise.race([death, new Promise(resolve => setTimeout(resolve, 30))])
  await process.crash({ checkpointed })
}

/** The numbers of each series; dead letters about trades are numbered among the trades. */
function numbersByDataset(bus: MemoryBus): Map<string, number[]> {
  const numbers = new Map<string, number[]>()
  for (const { topic, value } of bus.records) {
    const key = `${value.session} ${topic === letterTopic ? tradeTopic : topic}`
    numbers.set(key, [...(numbers.get(key) ?? []), value.seq])
  }
  return numbers
}

/** The numbers of each topic and session as they stand there. */
function orderByTopic(bus: MemoryBus): Map<string, number[]> {
  const numbers = new Map<string, number[]>()
  for (const { topic, value } of bus.records) {
    const key = `${value.session} ${topic} ${value['dataset'] ?? ''}`
    numbers.set(key, [...(numbers.get(key) ?? []), value.seq])
  }
  return numbers
}
