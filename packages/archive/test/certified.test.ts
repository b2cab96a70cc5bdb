import type { Certificate } from '@tickhouse/audit'
import { expect, test } from 'vitest'
import { requireCertified, requireCounted } from '../src/write/certified.ts'

const date = '2026-11-25'
const midnight = '2026-11-26T00:00:00.000+09:00'

/** A certificate that counted ten trades of a session until some time. */
function certificate(to: string, type: string | null = '0B'): Certificate {
  const sessions = [{ session: 's1', table: { records: 10 } }]
  return { date, judged: { to }, datasets: [{ dataset: 'trade', type, sessions }] } as unknown as Certificate
}

function rows(count: number, session = 's1') {
  return [{ session, rows: count, first_seq: 1, last_seq: count, first_us: 1, last_us: count }]
}

test('a table with the rows that the certificate counted is archived, other sessions besides', () => {
  expect(() => requireCounted(certificate(midnight), 'trade', [...rows(10), ...rows(3, 's2')])).not.toThrow()
})

test('a table with fewer rows or more than the certificate counted is refused', () => {
  for (const found of [rows(9), rows(11), rows(10, 's2')])
    expect(() => requireCounted(certificate(midnight), 'trade', found)).toThrow(
      /^Table trade holds \d+ rows? of session s1 on 2026-11-25, and the certificate counted 10\. Run `tickhouse verify --date 2026-11-25` again\.$/,
    )
})

test('where the certificate ends before the day does, more rows may have come since', () => {
  expect(() => requireCounted(certificate('2026-11-25T20:00:00.000+09:00'), 'trade', rows(11))).not.toThrow()
  expect(() => requireCounted(certificate('2026-11-25T20:00:00.000+09:00'), 'trade', rows(9))).toThrow('holds 9 rows')
})

test('datasets that no journal counts are not compared', () => {
  expect(() => requireCounted(certificate(midnight, null), 'trade', rows(9))).not.toThrow()
  expect(() => requireCounted(certificate(midnight), 'order_book', rows(9))).not.toThrow()
})

test('a date without a certificate that counts is refused with the reason and the way out', () => {
  expect(() => requireCertified({ uncertified: 'its certificate says pending' }, date)).toThrow(
    '2026-11-25 is not certified: its certificate says pending. Run `tickhouse verify --date 2026-11-25` first, or archive it as it is with --uncertified.',
  )
})
