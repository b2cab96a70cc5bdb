import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { RemadeTables } from '../../src/tables/remade-tables.ts'

test('a table that is dropped, or is another one by the same name, is noticed once; one that comes back is not', async () => {
  const gone: string[] = []
  let ids = new Map([['trade', 1]])
  const remade = remadeTables(
    async () => ids,
    name => gone.push(name),
  )
  const look = async (next: [string, number][]) => {
    ids = new Map(next)
    gone.length = 0
    await remade.look()
    return [...gone]
  }
  expect(await look([['trade', 1]])).toEqual([])
  expect(
    await look([
      ['trade', 1],
      ['best_quote', 2],
    ]),
  ).toEqual([])
  expect(await look([['best_quote', 2]])).toEqual(['trade'])
  expect(await look([['best_quote', 2]])).toEqual([])
  expect(
    await look([
      ['trade', 3],
      ['best_quote', 2],
    ]),
  ).toEqual([])
  expect(
    await look([
      ['trade', 4],
      ['best_quote', 2],
    ]),
  ).toEqual(['trade'])
})

test('whoever asks before a look begins shares it; who asks while one is under way gets one that begins later', async () => {
  const asked: PromiseWithResolvers<Map<string, number>>[] = []
  const remade = remadeTables(() => {
    asked.push(Promise.withResolvers())
    return asked.at(-1)!.promise
  })
  const together = [remade.look(), remade.look()]
  await eventually(() => expect(asked).toHaveLength(1))
  const later = [remade.look(), remade.look(), remade.look()]
  asked[0]!.reject(new Error('QuestDB does not answer'))
  for (const look of together) await expect(look).rejects.toThrow('does not answer')
  await eventually(() => expect(asked).toHaveLength(2))
  asked[1]!.resolve(new Map())
  await Promise.all(later)
  expect(asked).toHaveLength(2)
})

test('watching ends at once, whatever QuestDB is asked and does not answer', async () => {
  const stop = new AbortController()
  let asked = 0
  const remade = remadeTables(() => {
    asked++
    return new Promise(() => {})
  })
  const watching = remade.watch(stop.signal)
  await eventually(() => asked > 0)
  stop.abort()
  await watching
})

function remadeTables(tableIds: () => Promise<Map<string, number>>, onGone: (name: string) => void = () => {}): RemadeTables {
  return new RemadeTables({ store: { tableIds }, signal: new AbortController().signal, onGone: ({ name }) => onGone(name) })
}
