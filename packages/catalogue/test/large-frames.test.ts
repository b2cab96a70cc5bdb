import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { admitted, maxReadBytes, type NormalizerEntry, type Produced, SessionNormalizer } from '../src/index.ts'

const identity = { session: '01test', openedAtUs: 1_000_000, environment: 'simulator', collector: 'c1' }
const timeUs = Date.UTC(2026, 8, 11, 2, 56, 18) * 1000
const place = { segment: 3, offset: 4711 }

function entryOf(bytes: Buffer | string): NormalizerEntry {
  return admitted({ kind: 'frame', timeUs, bytes: Buffer.from(bytes), offset: place.offset }, place.segment)
}

function normalize(bytes: Buffer | string): Produced[] {
  return new SessionNormalizer(identity).entry(entryOf(bytes)).slice(1)
}

const trade = (price: string, item = '005930') => `{"values":{"10":"${price}"},"type":"0B","item":"${item}"}`
const real = (...items: string[]) => `{"data":[${items.join(',')}],"trnm":"REAL"}`

describe('a frame that is too large to be read', () => {
  const filled = (text: string, bytes: number) => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes)
  const shapes = {
    lists: '[',
    objects: '{"a":',
    escapes: '\\u0007',
    letters: '삼',
    emoji: '😀',
    'half of an emoji at the cut': `x${'😀'.repeat(40_000)}`,
  }
  for (const [name, part] of Object.entries(shapes))
    it(`becomes one dead letter, cut and with its place in the journal: ${name}`, () => {
      const bytes = Buffer.from(filled(part, maxReadBytes + 1))
      const produced = normalize(bytes)
      expect(produced).toHaveLength(1)
      const letter = JSON.parse(produced[0]!.json)
      expect(letter).toMatchObject({ stage: 'collector', dataset: '*', reason: 'too_large', journal_segment: 3, journal_offset: 4711 })
      expect(letter.detail).toBe(`Expected a frame of at most ${maxReadBytes} bytes, was ${bytes.length}`)
      expect(bytes.toString().startsWith(letter.raw.slice(0, -1))).toBe(true)
      expect(letter.raw.isWellFormed()).toBe(true)
      expect(Buffer.byteLength(produced[0]!.json)).toBeLessThan(200_000)
    })

  it('is one that is a byte too long, and no other', () => {
    const padded = (bytes: number) => real(trade('1')).padEnd(bytes)
    expect(normalize(padded(maxReadBytes)).map(({ dataset }) => dataset)).toEqual(['trade'])
    expect(normalize(padded(maxReadBytes + 1)).map(({ dataset }) => dataset)).toEqual(['dead_letter'])
  })

  it('is text only as far as the letter needs', () => {
    expect(entryOf(Buffer.alloc(8 << 20, '[')).text.length).toBeLessThanOrEqual(256 * 1024)
  })

  it('does not change what comes after it', () => {
    const normalizer = new SessionNormalizer(identity)
    const produced = [real(trade('1')), '['.repeat(maxReadBytes + 1), real(trade('2'))].flatMap(text => normalizer.entry(entryOf(text)))
    expect(produced.slice(1).map(({ dataset, seq }) => [dataset, seq])).toEqual([
      ['trade', 1],
      ['dead_letter', 1],
      ['trade', 2],
    ])
  })
})

describe('a frame with more items than the venue ever sends', () => {
  it('becomes one dead letter, whether its form is the usual one or not', () => {
    for (const spaces of ['', ' ']) {
      const [letter, ...others] = normalize(real(...Array.from({ length: 20_001 }, () => trade('1') + spaces)))
      expect(others).toEqual([])
      expect(JSON.parse(letter!.json)).toMatchObject({ reason: 'wrong_shape', detail: 'Expected at most 20000 items', journal_segment: 3 })
    }
  })

  it('is not one of 20,000 items', () => {
    expect(normalize(real(...Array.from({ length: 20_000 }, () => trade('1'))))).toHaveLength(20_000)
  })
})

describe('a dead letter whose text is whole', () => {
  it('names no place', () => {
    const [letter] = normalize('garbage')
    expect(JSON.parse(letter!.json)).not.toHaveProperty('journal_segment')
  })
})

describe('memory', () => {
  it('holds none of the frames of which it remembers items, exchanges and values', () => {
    const normalizer = new SessionNormalizer(identity)
    const frame = (number: number) => {
      const values = `"10":"1","15":"1","13":"${number}","9081":"${`exchange number ${number}`}","302":"${'x'.repeat(500_000)}"`
      const item = `{"values":{${values}},"type":"0B","item":"an-item-of-its-own-${number}"}`
      return real(item, ...Array.from({ length: 1 + (number % 100) }, () => trade(`unreadable price ${number}`)))
    }
    const before = heapAfterCollection()
    for (let number = 0; number < 200; number++) normalizer.entry(entryOf(frame(number)))
    expect(heapAfterCollection() - before).toBeLessThan(16 * 1024 * 1024)
    expect(normalizer.state().running?.items).toHaveLength(201)
  })
})

/** Bytes of the heap that are in use. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
