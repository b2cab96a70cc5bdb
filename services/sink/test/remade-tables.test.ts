import { expect, test } from 'vitest'
import { RemadeTables } from '../src/remade-tables.ts'

test('a table that is dropped, or is another one by the same name, is noticed once; one that comes back is not', async () => {
  const gone: string[] = []
  let ids = new Map([['trade', 1]])
  const remade = new RemadeTables({ store: { tableIds: async () => ids }, onGone: ({ name }) => gone.push(name) })
  const look = async (next: [string, number][]) => {
    ids = new Map(next)
    gone.length = 0
    await remade.look(new AbortController().signal)
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
