import { randomBytes } from 'node:crypto'
import { ZstdCompress, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compressions, KeptZstd, minPackedBytes, packerOf } from '../src/compression/packing.ts'
import type { KafkaRecord } from '../src/records.ts'
import { at } from '../src/wire/batch-layout.ts'
import type { WireMessage } from '../src/wire/batches.ts'
import { writeBatch } from '../src/wire/produce-request.ts'
import { decodeBatch } from '../src/wire/record-batch.ts'
import { WireWriter } from '../src/wire/wire-writer.ts'

const numbering = { producerId: 7, producerEpoch: 0, sequence: 0 }
const value = fc.oneof(
  fc.string({ maxLength: 600, unit: 'grapheme' }).map(text => Buffer.from(text)),
  fc
    .record({ price: fc.nat(), name: fc.constant('삼성전자'), side: fc.constantFrom('buy', 'sell') })
    .map(row => Buffer.from(JSON.stringify(row))),
  fc.uint8Array({ maxLength: 600 }).map(bytes => Buffer.from(bytes)),
)
const messages = fc.array(fc.record({ key: fc.string({ maxLength: 10 }), value, timestampMs: fc.nat(2 ** 43) }), {
  minLength: 1,
  maxLength: 60,
})

function read(batch: Buffer): KafkaRecord[] {
  const records: KafkaRecord[] = []
  expect(decodeBatch(batch, 0, { bytes: 1 << 20 }, records)).toMatchObject({ nextOffset: expect.any(Number) })
  return records
}

describe.each(compressions)('records that are packed with %s', compression => {
  const packer = packerOf(compression)
  const written = (out: WireWriter, some: readonly WireMessage[]) => {
    out.begin()
    writeBatch(out, some, numbering, packer)
    return Buffer.from(out.bytes())
  }

  test('are the same as unpacked ones, and never more bytes', () => {
    const [out, plain] = [new WireWriter(), new WireWriter()]
    fc.assert(
      fc.property(messages, some => {
        plain.begin()
        writeBatch(plain, some, numbering)
        const packed = written(out, some)
        expect(read(packed)).toEqual(read(plain.bytes()))
        expect(packed.length).toBeLessThanOrEqual(plain.length)
      }),
      { numRuns: 200 },
    )
  })

  test('go as they are where they are few and small', () => {
    const few = [{ key: '*', value: Buffer.from('{"dataset":"feed_heartbeat"}'.repeat(20)), timestampMs: 1 }]
    const batch = written(new WireWriter(), few)
    expect(batch.length).toBeLessThan(minPackedBytes)
    expect(batch.readInt16BE(at.attributes)).toBe(0)
  })

  test('go as they are where packing makes them no smaller, and the batches after them are whole', () => {
    const out = new WireWriter()
    const row = { key: 'k', value: Buffer.from('{"price":1}'.repeat(200)), timestampMs: 1 }
    for (const each of [randomBytes(5_000), row.value, randomBytes(200_000), row.value]) {
      const [record] = read(written(out, [{ ...row, value: each }]))
      expect(record!.value!.equals(each)).toBe(true)
    }
  })
})

describe('zstd', () => {
  const rows = Array.from({ length: 50 }, (_, index) => Buffer.from(`{"price":${index},"name":"삼성전자"}`.repeat(index + 1)))

  test('keeps one context in this version of Node.js, and each frame stands by itself', () => {
    const zstd = new KeptZstd()
    expect(zstd.isKept).toBe(true)
    const frames = rows.map(row => Buffer.from(zstd.pack(row) ?? row))
    for (const [index, frame] of frames.slice(1).entries()) expect(zstdDecompressSync(frame).equals(rows[index + 1]!)).toBe(true)
  })

  test('goes the documented way where the context is not what it was', () => {
    for (const changed of [{ _handle: undefined }, { _writeState: undefined }, { _handle: { writeSync: () => {} } }]) {
      const zstd = new KeptZstd(Object.defineProperties(new ZstdCompress(), Object.getOwnPropertyDescriptors(changed)))
      expect(zstd.isKept).toBe(false)
      for (const row of rows) expect(zstdDecompressSync(zstd.pack(row)!).equals(row)).toBe(true)
    }
  })
})
