import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c, crc32cInScript } from '../src/wire/crc32c.ts'

describe.each([
  { way: 'that is used here', sum: crc32c },
  { way: 'in JavaScript', sum: crc32cInScript },
])('the checksum $way', ({ sum }) => {
  test.each([
    // RFC 3720, B.4
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
    ['', 0],
  ])('of %j is that of CRC-32C, as a signed number', (text, expected) => {
    expect(sum(Buffer.from(text))).toBe(expected | 0)
  })
})

test('both ways of the checksum give the same, whatever the length and wherever the bytes lie', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(20), (bytes, skipped) => {
      const view = Buffer.from(bytes).subarray(skipped)
      expect(crc32c(view)).toBe(crc32cInScript(view))
    }),
  )
})
