import { entityOf } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRows } from '../../src/store/rows.ts'
import { inKafka, partitionOf, trade } from '../records.ts'

const entity = entityOf('trade')
const encoder = encoderFor(entity.table)
const startUs = 1_700_000_000_000_000

/** Some partitions, each with records in the order of their time; some records cannot be read. */
const partitions = fc.array(
  fc.array(fc.record({ stepUs: fc.nat(1_000), isPoison: fc.integer({ min: 0, max: 9 }).map(n => n === 0) }), { maxLength: 40 }),
  {
    maxLength: 6,
  },
)

test('every record becomes a row or a dead letter, once, in the order of its partition', () => {
  fc.assert(
    fc.property(partitions, all => {
      const parts = all.map((steps, partition) => {
        let timestamp = startUs
        const records = steps.map(({ stepUs, isPoison }, offset) => {
          timestamp += stepUs
          return inKafka(offset, isPoison ? '{"timestamp":' : trade(offset + 1, timestamp))
        })
        return partitionOf('trade', partition, records)
      })
      const { sources, partitions: rowPartitions, timestamps, deadLetters, rows } = encodeRows(entity, parts, encoder, new RowBuffer())
      expect(rows.rowCount).toBe(sources.length)
      for (const { partition, records } of parts) {
        const stored = sources.filter((_, row) => rowPartitions[row] === partition).map(({ offset }) => offset)
        const refused = deadLetters.filter(({ position }) => position.partition === partition).map(({ source }) => source.offset)
        expect(stored).toEqual([...stored].sort((a, b) => a - b))
        expect([...stored, ...refused].sort((a, b) => a - b)).toEqual(records.map(({ offset }) => offset))
      }
      expect(timestamps).toEqual([...timestamps].sort((a, b) => a - b))
    }),
  )
})
