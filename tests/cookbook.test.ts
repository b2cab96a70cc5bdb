import { expect, test } from 'vitest'
import { cookbookIndex, cookbookPages, recipesOf } from './documented/recipes.ts'
import { shownResults, textOf, withResults } from './documented/shown-results.ts'

const recipes = cookbookPages().flatMap(recipesOf)

test('the cookbook has twenty recipes: each asks, answers in SQL, shows the result and says what to watch out for', () => {
  expect(recipes).toHaveLength(20)
  for (const { anchor, text } of recipes) {
    const questions = shownResults(text, anchor)
    expect(questions.length, anchor).toBeGreaterThan(0)
    expect(
      questions.filter(({ shown }) => shown === undefined),
      anchor,
    ).toEqual([])
    expect(text.indexOf('?'), anchor).toBeLessThan(text.indexOf('```sql'))
    expect(text, anchor).toMatch(/^\*\*Watch out\*\*\n\n- /m)
  }
})

test('the index of the cookbook links to each recipe', () => {
  const links = [...cookbookIndex().matchAll(/\]\((\w+\.md#[\w-]+)\)/g)].map(([, link]) => link)
  expect(links.toSorted()).toEqual(recipes.map(({ anchor }) => anchor).toSorted())
})

test('a result is found behind its question, shown as a table, and replaced', () => {
  const page = 'What?\n\n```sql\nSELECT 1; -- one\n```\n\nNo result.\n\n```sql\nSELECT 2;\n```\n```\nold\n```\n'
  expect(shownResults(page, 'page.md')).toEqual([
    { sql: 'SELECT 1;', place: 'page.md:3', shown: undefined },
    { sql: 'SELECT 2;', place: 'page.md:9', shown: 'old\n' },
  ])
  const answer = {
    columns: [{ name: 'symbol' }, { name: 'mean' }],
    dataset: [
      ['005930', 0.1 + 0.2],
      ['기아', null],
    ],
  }
  const table = 'symbol  mean\n──────  ────\n005930   0.3\n기아\n'
  expect(textOf(answer)).toBe(table)
  const updated = withResults(page, ['1\n', table])
  expect(shownResults(updated, 'page.md').map(({ shown }) => shown)).toEqual(['1\n', table])
})
