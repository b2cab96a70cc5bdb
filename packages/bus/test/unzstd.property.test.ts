import { randomBytes } from 'node:crypto'
import { constants, ZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TooLarge } from '../src/compression/inflating.ts'
import { contentSize, KeptUnzstd } from '../src/compression/unzstd.ts'

const most = 1 << 20
const texts = fc.array(fc.string({ maxLength: 40 }), { maxLength: 200 }).map(parts => Buffer.from(parts.join('{"price":1}')))
const packed = fc.tuple(texts, fc.boolean()).map(([text, hasChecksum]) => ({
  text,
  frame: zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: Number(hasChecksum) } }),
}))

test('one context is kept in this version of Node.js', () => {
  expect(new KeptUnzstd().isKept).toBe(true)
})

test('frames give what zstdDecompressSync gives, whatever came before them', () => {
  const zstd = new KeptUnzstd()
  const damaged = fc.tuple(packed, fc.nat(), fc.nat(255), fc.boolean()).map(([{ frame }, at, byte, isCut]) => {
    const place = at % frame.length
    return isCut ? frame.subarray(0, place) : Buffer.concat([frame.subarray(0, place), Buffer.of(byte), frame.subarray(place + 1)])
  })
  const outcome = (work: () => Buffer) => {
    try {
      return work().toString('base64')
    } catch {
      return 'refused'
    }
  }
  // Like Kafka's other readers, one that lacks its end only is taken where its whole content is there.
  const isTakenAsWhole = (frame: Buffer, got: string) => got !== 'refused' && Buffer.from(got, 'base64').length === contentSize(frame)
  fc.assert(
    fc.property(fc.array(fc.oneof(packed, damaged), { maxLength: 8 }), frames => {
      for (const each of frames) {
        const frame = Buffer.isBuffer(each) ? each : each.frame
        const got = outcome(() => zstd.inflate(frame, most))
        const wanted = outcome(() => zstdDecompressSync(frame, { maxOutputLength: most }))
        if (got !== wanted) expect(wanted === 'refused' && isTakenAsWhole(frame, got)).toBe(true)
        if (!Buffer.isBuffer(each)) expect(got).toBe(each.text.toString('base64'))
      }
      expect(zstd.isKept).toBe(true)
    }),
  )
})

test('a frame that says it is larger than it may be is refused before room is made for it', () => {
  const frame = zstdCompressSync(Buffer.alloc(2 * most))
  expect(contentSize(frame)).toBe(2 * most)
  expect(() => new KeptUnzstd().inflate(frame, most)).toThrow(TooLarge)
})

test('what is inflated stays as it is when others are', () => {
  const zstd = new KeptUnzstd()
  const [a, b] = [randomBytes(5_000), Buffer.alloc(5_000, 7)]
  const first = zstd.inflate(zstdCompressSync(a), most)
  zstd.inflate(zstdCompressSync(b), most)
  expect(first.equals(a)).toBe(true)
})

test('goes the documented way where the context is not what it was', () => {
  for (const changed of [{ _handle: undefined }, { _writeState: undefined }, { _handle: { writeSync: () => {} } }]) {
    const zstd = new KeptUnzstd(
      () => Object.defineProperties(new ZstdDecompress(), Object.getOwnPropertyDescriptors(changed)) as unknown as ZstdDecompress,
    )
    expect(zstd.isKept).toBe(false)
    expect(zstd.inflate(zstdCompressSync('text'), most).toString()).toBe('text')
  }
})
