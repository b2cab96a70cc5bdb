import { expect, test } from 'vitest'
import { gated } from '../../src/market/gate.ts'

/** A QuestDB that answers when it is told to, and gives up with the signal. */
function slow() {
  const running = new Map<string, () => void>()
  const query = async <Row>(sql: string, signal?: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Row[]>()
    running.set(sql, () => resolve([]))
    signal?.addEventListener('abort', () => reject(signal.reason))
    return await promise.finally(() => running.delete(sql))
  }
  return { running, query }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('two queries run at a time, and the others come in their order', async () => {
  const { running, query } = slow()
  const ask = gated(query, { maxAtOnce: 2, timeoutMs: 60_000 })
  const answers = ['a', 'b', 'c', 'd'].map(sql => ask(sql))
  await turn()
  expect([...running.keys()]).toEqual(['a', 'b'])
  running.get('b')!()
  await turn()
  expect([...running.keys()]).toEqual(['a', 'c'])
  for (const sql of ['a', 'c', 'd']) {
    running.get(sql)!()
    await turn()
  }
  expect(await Promise.all(answers)).toEqual([[], [], [], []])
})

test('whoever leaves while he waits takes nobody a place, and whoever leaves while he runs makes one free', async () => {
  const { running, query } = slow()
  const ask = gated(query, { maxAtOnce: 1, timeoutMs: 60_000 })
  const [first, second] = [new AbortController(), new AbortController()]
  const answers = [ask('a', first.signal), ask('b', second.signal), ask('c')]
  const ends = Promise.allSettled(answers)
  await turn()
  second.abort(new Error('left'))
  first.abort(new Error('left'))
  await turn()
  await turn()
  expect([...running.keys()]).toEqual(['c'])
  running.get('c')!()
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

test('a query that is not answered in time ends with a TimeoutError', async () => {
  const ask = gated(slow().query, { maxAtOnce: 1, timeoutMs: 5 })
  await expect(ask('a')).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect(ask('b')).rejects.toMatchObject({ name: 'TimeoutError' })
})
