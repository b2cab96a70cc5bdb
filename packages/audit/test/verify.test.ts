import { SequenceSet } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, type Stages } from '../src/verify/judge.ts'

function seen(...seqs: readonly number[]): SequenceSet {
  const set = new SequenceSet()
  for (const seq of seqs) set.add(seq)
  return set
}
const whole = (n: number) => seen(...Array.from({ length: n }, (_, index) => index + 1))
const stages = (change: Partial<Stages> = {}): Stages => ({
  session: 's1',
  dataset: 'trade',
  open: false,
  journal: { first: 1, last: 5, lastUs: 0 },
  topic: whole(5),
  table: { rows: 5, distinct: 5, lowest: 1, highest: 5 },
  unread: seen(),
  letters: { written: 0, stored: 0, open: 0 },
  ...change,
})

describe('verify', () => {
  it('says complete when journal, topic and table agree', () => {
    expect(judge(stages())).toMatchObject({ verdict: 'complete', problems: [] })
  })

  it('calls unknown what cannot be read, and complete only what is seen to be', () => {
    const reason = 'topic trades is missing: run `tickhouse topics apply`'
    expect(judge(stages({ topic: seen(), unreadable: [reason] }))).toMatchObject({
      verdict: 'unknown',
      problems: [reason],
      missing_in_topic: [],
    })
    expect(judge(stages({ unreadable: [reason] })).verdict).toBe('unknown')
    const lettersUnreadable = ['topic letters is missing']
    expect(judge(stages({ lettersUnreadable })).verdict).toBe('complete')
    const short = { rows: 4, distinct: 4, lowest: 1, highest: 4 }
    expect(judge(stages({ lettersUnreadable, table: short }))).toMatchObject({ verdict: 'unknown', problems: lettersUnreadable })
  })

  it('says of rows that are missing that QuestDB holds them back, where the table is suspended', () => {
    const { problems } = judge(stages({ isSuspended: true, table: { rows: 4, distinct: 4, lowest: 1, highest: 4 } }))
    expect(problems).toEqual(['1 of 5 rows are not in the table', expect.stringMatching(/^QuestDB has suspended the table/)])
    expect(judge(stages({ isSuspended: true })).problems).toEqual([])
  })

  it('names the ranges that the topic lacks', () => {
    expect(judge(stages({ topic: seen(1, 4) }))).toMatchObject({
      verdict: 'incomplete',
      problems: ['3 of 5 records are not in the topic: seq 2-3, 5'],
      missing_in_topic: [
        [2, 3],
        [5, 5],
      ],
    })
  })

  it('sees rows that are missing, doubled or too many', () => {
    expect(judge(stages({ table: { rows: 4, distinct: 4, lowest: 1, highest: 5 } })).problems).toHaveLength(2)
    expect(judge(stages({ table: { rows: 6, distinct: 5, lowest: 1, highest: 5 } })).problems).toEqual(['1 rows are stored twice'])
    expect(judge(stages({ table: { rows: 5, distinct: 5, lowest: 1, highest: 5, outOfOrder: 1 } })).problems).toEqual([
      '1 rows stand behind a row of a higher seq or a later time',
    ])
    expect(judge(stages({ table: { rows: 6, distinct: 6, lowest: 1, highest: 6 } })).problems).toEqual([
      'the table holds 1 rows more than the journal gives',
    ])
  })

  it('takes what the sink refused for accounted', () => {
    expect(
      judge(stages({ table: { rows: 4, distinct: 4, lowest: 1, highest: 5 }, letters: { written: 1, stored: 1, open: 1 } })).verdict,
    ).toBe('complete')
  })

  it('takes the number of what could not be read for accounted, in topic and table', () => {
    const unread = {
      topic: seen(1, 2, 4, 5),
      table: { rows: 4, distinct: 4, lowest: 1, highest: 5 },
      unread: seen(3),
      letters: { written: 1, stored: 1, open: 1 },
    }
    expect(judge(stages(unread))).toMatchObject({ verdict: 'complete', dead_letters: 1, missing_in_topic: [] })
    expect(judge(stages({ ...unread, topic: seen(1, 4, 5) })).problems[0]).toBe('1 of 5 records are not in the topic: seq 2')
    expect(judge(stages({ ...unread, table: { rows: 3, distinct: 3, lowest: 1, highest: 5 } })).problems).toEqual([
      '1 of 4 rows are not in the table',
    ])
  })

  it('expects the row again once the record of a dead letter was made good', () => {
    const retried = { unread: seen(3), letters: { written: 1, stored: 1, open: 0 } }
    expect(judge(stages(retried))).toMatchObject({ verdict: 'complete', dead_letters: 0 })
    expect(judge(stages({ ...retried, table: { rows: 4, distinct: 4, lowest: 1, highest: 5 } })).problems).toContain(
      '1 of 5 rows are not in the table',
    )
  })

  it('sees a dead letter that is not in its table', () => {
    expect(
      judge(
        stages({
          topic: seen(1, 2, 3, 4),
          table: { rows: 4, distinct: 4, lowest: 1, highest: 4 },
          unread: seen(5),
          letters: { written: 1, stored: 0, open: 1 },
        }),
      ).problems,
    ).toEqual(['1 of 1 dead letters are not in their table'])
  })

  it('lets an open session be further along than the journal was when it was read', () => {
    expect(judge(stages({ open: true, topic: whole(7), table: { rows: 6, distinct: 6, lowest: 1, highest: 6 } })).verdict).toBe('complete')
  })

  it('counts repeats in a topic without taking them for a loss', () => {
    const set = seen(1, 2, 2, 3)
    expect([set.added, set.distinct, set.highest, set.missing(3)]).toEqual([4, 3, 3, []])
  })
})

it('missing ranges are exactly the numbers that were not seen', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { maxLength: 300 }),
      fc.integer({ min: 0, max: 20_000 }),
      (seqs, last) => {
        const set = seen(...seqs)
        const missing = set.missing(last).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
        const all = new Set(seqs)
        expect(missing).toEqual(Array.from({ length: last }, (_, index) => index + 1).filter(seq => !all.has(seq)))
      },
    ),
    { numRuns: 50 },
  )
})
