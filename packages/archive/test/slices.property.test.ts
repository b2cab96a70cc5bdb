import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partsOf } from '../src/symbol-parts.ts'
import { timeSlices } from '../src/time-slices.ts'

const counts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 })
const files = ['1.parquet', '2.parquet']

test('slices hold every row once, follow each other, and have no more rows than may be, but for a minute with more', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 50 }), (rows, maxRows) => {
      const minutes = rows.map((count, index) => ({ fromUs: index * 120_000_000, rows: count }))
      const slices = timeSlices(minutes, maxRows)
      expect(slices.reduce((sum, slice) => sum + slice.rows, 0)).toBe(rows.reduce((sum, count) => sum + count, 0))
      for (const { fromUs } of minutes) expect(slices.filter(slice => slice.fromUs <= fromUs && fromUs < slice.toUs)).toHaveLength(1)
      for (const slice of slices) expect(slice.rows <= maxRows || slice.toUs - slice.fromUs === 60_000_000).toBe(true)
    }),
  )
})

test('parts hold every symbol once, in order; one with more rows than may be is taken file by file', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 50 }), (rows, maxRows) => {
      const symbols = rows.map((count, index) => ({ symbol: String(index).padStart(6, '0'), rows: count }))
      const parts = partsOf(symbols, files, maxRows)
      for (const { symbol, rows: count } of symbols) {
        const own = parts.filter(part => part.first <= symbol && symbol <= part.last)
        expect(own.flatMap(part => part.files)).toEqual(files)
        expect(own).toHaveLength(count > maxRows ? files.length : 1)
      }
      for (const part of parts) {
        const own = symbols.filter(({ symbol }) => part.first <= symbol && symbol <= part.last)
        expect(own.length === 1 || own.reduce((sum, one) => sum + one.rows, 0) <= maxRows).toBe(true)
      }
      expect(parts.map(part => part.first)).toEqual(parts.map(part => part.first).sort())
    }),
  )
})
