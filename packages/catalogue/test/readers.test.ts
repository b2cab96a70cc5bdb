import { describe, expect, it } from 'vitest'
import { type Field, type Kind, type QuestType, venueDatasets } from '../src/index.ts'
import { UNREADABLE } from '../src/normalize/numbers.ts'
import { readerOf, readLadderPrice, sideIn } from '../src/normalize/readers.ts'
import { readExchangeTime } from '../src/normalize/times.ts'

const capturedAtUs = Date.UTC(2026, 8, 11, 2, 56, 18) * 1000 // 11:56:18 in Korea
const X = UNREADABLE

function read(kind: Kind, text: string, questType: QuestType = 'LONG', nullIf: readonly string[] = []): unknown {
  return readerOf({ kind, questType, nullIf })(text, capturedAtUs)
}

describe('a text becomes a value by the rule of its kind', () => {
  const cases: readonly [Kind, readonly (readonly [string, unknown])[]][] = [
    [
      'price',
      [
        ['-257750', 257750],
        ['+0', 0],
        ['-0', 0],
        [' 269000', 269000],
        ['-6200.89', 6200.89],
        ['7488.27', 7488.27],
      ],
    ],
    [
      'change',
      [
        ['-11250', -11250],
        ['+0.49', 0.49],
        ['-0.00', 0],
        ['204', 204],
      ],
    ],
    [
      'ratio',
      [
        ['-0.04', -0.04],
        [' 0.00', 0],
        ['10379', 10379],
      ],
    ],
    [
      'unsigned_ratio',
      [
        ['-43.85', 43.85],
        ['+145.36', 145.36],
      ],
    ],
    [
      'quantity',
      [
        ['0', 0],
        ['+5', 5],
        ['-0', 0],
        ['-5', X],
        ['9007199254740991', 9007199254740991],
        ['9007199254740992', X],
      ],
    ],
    [
      'signed_quantity',
      [
        ['-15318148', -15318148],
        ['+0', 0],
        ['-0', 0],
        ['1.0', X],
      ],
    ],
    [
      'signed_volume',
      [
        ['-19', 19],
        ['+82', 82],
        [' 0', 0],
      ],
    ],
    [
      'amount',
      [
        ['62093941', 62093941],
        ['-1', X],
        ['1.5', X],
      ],
    ],
    ['signed_amount', [['-4167722708811', -4167722708811]]],
    [
      'duration',
      [
        ['001000', 600],
        ['000000', 0],
        ['996000', X],
        ['1000', X],
      ],
    ],
    [
      'flag',
      [
        ['Y', 'Y'],
        ['N', 'N'],
        ['y', X],
      ],
    ],
    [
      'side',
      [
        ['1', 'sell'],
        ['2', 'buy'],
        ['3', X],
      ],
    ],
    [
      'code',
      [
        ['!!!!', '!!!!'],
        ['00', '00'],
        ['+매수', '+매수'],
        [' b ', 'b'],
        ['a\tb', X],
      ],
    ],
    [
      'name',
      [
        ['삼  성', '삼  성'],
        ['x'.repeat(1001), X],
      ],
    ],
    ['identifier', [['0119433', '0119433']]],
  ]
  for (const [kind, texts] of cases)
    it(`${kind}: ${texts.map(([text]) => JSON.stringify(text.slice(0, 20))).join(' ')}`, () => {
      for (const [text, value] of texts) expect(read(kind, text), text).toBe(value)
    })

  it('blank is absent in every kind', () => {
    const kinds = new Set(venueDatasets.flatMap(d => Object.values(d.columns).flatMap(c => (c.shape === 'field' ? [c.kind] : []))))
    for (const kind of kinds) for (const blank of ['', ' ', '    ']) expect(read(kind, blank), kind).toBeNull()
  })

  it('refuses everything that only resembles a number', () => {
    const texts = [
      '--5',
      '+-5',
      '-',
      '+',
      '1,000',
      '1e5',
      '0x10',
      '1.',
      '.5',
      '1.2.3',
      ' - 5',
      '5 ',
      '  5',
      '５',
      'NaN',
      'Infinity',
      '１２',
      '\t5',
    ]
    for (const kind of ['price', 'change', 'ratio', 'quantity', 'signed_quantity', 'signed_volume', 'amount'] as const)
      for (const text of texts) expect(read(kind, text), `${kind} ${text}`).toBe(X)
  })

  it('keeps counts of an INT column within 31 bits', () => {
    expect(read('quantity', '2147483647', 'INT')).toBe(2147483647)
    expect(read('quantity', '2147483648', 'INT')).toBe(X)
  })

  it('rounds decimals as JavaScript does, however many digits there are', () => {
    for (const text of ['0.1', '0.30', '114.51', '123456789.123456789', '1.00000000000000000001', '0000001.10'])
      expect(read('change', text), text).toBe(Number(text))
    expect(read('change', '9007199254740993')).toBe(X)
  })

  it('reads the texts that a field names as absent', () => {
    expect(read('identifier', '0000000', 'VARCHAR', ['0000000'])).toBeNull()
    expect(read('price', '0', 'DOUBLE', ['0'])).toBeNull()
    expect(read('price', '-0', 'DOUBLE', ['0'])).toBe(0)
  })

  it('takes an empty ladder level for absent', () => {
    expect(readLadderPrice('-0', 0)).toBeNull()
    expect(readLadderPrice('0', 0)).toBeNull()
    expect(readLadderPrice('-20250', 0)).toBe(20250)
  })

  it('finds the side in the sign of a volume', () => {
    expect(['+1', '-19', ' 0', '0', '-0', '+0', '5', 'x', '+x'].map(sideIn)).toEqual([
      'buy',
      'sell',
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ])
  })

  it('reads dates that exist, and no others', () => {
    expect(read('date', '20240229')).toBe(Date.UTC(2024, 1, 29) * 1000)
    for (const text of ['20230229', '20241301', '20240100', '20240132', '2024010', '99990x01']) expect(read('date', text), text).toBe(X)
  })
})

describe('a time of day is joined to a date', () => {
  const at = (iso: string) => Date.parse(iso) * 1000

  it('the Korean date nearest to the capture for the time of the event', () => {
    expect(readExchangeTime('115617', capturedAtUs)).toBe(at('2026-09-11T11:56:17+09:00'))
    expect(readExchangeTime('235959', at('2026-09-11T00:00:01+09:00'))).toBe(at('2026-09-10T23:59:59+09:00'))
    expect(readExchangeTime('000001', at('2026-09-11T23:59:59+09:00'))).toBe(at('2026-09-12T00:00:01+09:00'))
  })

  it('the date of the capture, or the day before, for a time that lies in the past', () => {
    expect(read('time', '090016')).toBe(at('2026-09-11T09:00:16+09:00'))
    expect(read('time', '120618')).toBe(at('2026-09-11T12:06:18+09:00'))
    expect(read('time', '120619')).toBe(at('2026-09-10T12:06:19+09:00'))
  })

  it('nothing else', () => {
    for (const text of ['240000', '126000', '120060', '12000', '1200000', '12:00:00', '888888', 'abcdef']) {
      expect(readExchangeTime(text, capturedAtUs), text).toBe(X)
      expect(read('time', text), text).toBe(X)
    }
  })
})

it('every conflict that the sources leave open is decided in the field itself', () => {
  const open = [
    '00/9001',
    '00/923',
    '04/932',
    '04/946',
    '04/8019',
    '04/959',
    '0A/29',
    '0A/32',
    '0B/1891',
    '0B/9081',
    '0D/215',
    '0F/337',
    '0G/667',
    '0I/10',
    '0J/10',
    '0J/13',
    '0U/13',
    '0U/10',
    '0U/256',
    '0s/215',
    '0w/204',
    '0w/215',
    '1h/9068',
    '1h/1236',
  ]
  const notes = new Map<string, string>()
  for (const { type, columns, symbol } of venueDatasets)
    for (const field of [...Object.values(columns), symbol].filter((c): c is Field => c?.shape === 'field'))
      notes.set(`${type}/${field.fid}`, field.note ?? '')
  for (const pair of open) expect(notes.get(pair), pair).toMatch(/.{10}/)
})
