import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inflate } from '../src/compression/inflate.ts'
import { framedSnappy, lz4Frame, packers, plainSnappy, steps, unpacked } from './packed.ts'

const mebibyte = 1 << 20
const [snappy, lz4] = [2, 3]
const flags = fc.record({ contentSize: fc.boolean(), blockChecksum: fc.boolean(), contentChecksum: fc.boolean(), stored: fc.boolean() })

test('plain Snappy is read whatever its literals and copies are', () => {
  fc.assert(
    fc.property(steps, list => {
      expect(inflate(snappy, plainSnappy(list), mebibyte)).toEqual(unpacked(list))
    }),
  )
})

test("Snappy in the Java library's framing is read block by block", () => {
  const blocks = fc.array(steps, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(blocks, lists => {
      expect(inflate(snappy, framedSnappy(lists), mebibyte)).toEqual(Buffer.concat(lists.map(unpacked)))
    }),
  )
})

test('LZ4 is read with blocks that lean on each other, stored blocks, checksums and sizes', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 30 }), flags, (list, cut, options) => {
      const blocks = [list.slice(0, cut), list.slice(cut)].filter(block => block.length > 0)
      expect(inflate(lz4, lz4Frame(blocks, options), mebibyte)).toEqual(unpacked(list))
    }),
  )
})

test('frames of LZ4 one after the other are read', () => {
  const [one, two] = [[{ literal: Buffer.from('one') }], [{ literal: Buffer.from('two') }]]
  expect(inflate(lz4, Buffer.concat([lz4Frame([one]), lz4Frame([two])]), mebibyte)).toEqual(Buffer.from('onetwo'))
})

describe.each(packers)('$name', ({ codec, pack }) => {
  const bytes = Buffer.from('체결 '.repeat(2_000))

  test('what was packed comes back, up to the size that is allowed', () => {
    expect(inflate(codec, pack(bytes), bytes.length)).toEqual(bytes)
  })

  test('more than is allowed is refused', () => {
    expect(inflate(codec, pack(bytes), bytes.length - 1)).toMatch(/larger than \d+ bytes when inflated/)
  })

  test('damage gives other bytes or a reason, never an exception and never more than is allowed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (place, change, isCut) => {
        const damaged = pack(bytes)
        const at = place % damaged.length
        damaged[at] = damaged[at]! ^ change
        const outcome = inflate(codec, isCut ? damaged.subarray(0, at) : damaged, mebibyte)
        if (typeof outcome === 'string') expect(outcome).toMatch(/corrupt|larger/)
        else expect(outcome.length).toBeLessThanOrEqual(mebibyte)
      }),
    )
  })
})

test('a bomb is refused before it is in memory', () => {
  const zeros = Buffer.alloc(64 * mebibyte)
  const before = process.memoryUsage().arrayBuffers
  for (const [codec, bomb] of [
    [1, gzipSync(zeros)],
    [4, zstdCompressSync(zeros)],
    [snappy, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
    [lz4, lz4Frame([[{ literal: Buffer.of(0) }, { distance: 1, length: 8 * mebibyte }]])],
  ] as const)
    expect(inflate(codec, bomb, mebibyte)).toMatch(/larger than/)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * mebibyte)
})

test('an unknown codec is named by its number', () => {
  expect(inflate(6, Buffer.of(1), mebibyte)).toBe('compressed with codec 6, which is unknown')
})
