import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deadLetterText } from '@tickhouse/audit'
import { report } from '@tickhouse/doctor'
import { Screen, venueLines } from '@tickhouse/page'
import { textTable, visible, visibleJson } from '@tickhouse/runtime'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { complain, printExactly, printJson, printLines } from '../src/output.ts'

const packages = join(import.meta.dirname, '../..')
/** What a venue, a broker or a stranger may send: a title, a cleared screen, further lines, a line told backwards, half a character. */
const hostile = '\u001b]0;owned\u0007\u001b[2J\r\nline two\u2028\u202eback\u009b1m\u007f\ud800'
const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const written = String.raw`\u001b]0;owned\u0007\u001b[2J\r\nline two\u2028\u202eback\u009b1m\u007f\ud800`

describe('a text from outside', () => {
  it('is shown with what would act on the terminal written out', () => {
    expect(visible(hostile)).toBe(written)
    expect(visible('삼성전자 005930 +1.5%')).toBe('삼성전자 005930 +1.5%')
    expect(visible('\u{e0041}')).toBe(String.raw`\u{e0041}`)
  })

  it('never acts, whatever it holds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !acting.test(visible(text))))
  })

  it.each<[string, () => void]>([
    ['a line', () => printLines([`reason ${hostile}`])],
    ['a cell of a table', () => printLines(textTable([{ detail: hostile }], ['detail']).split('\n'))],
    ['a dead letter', () => printLines(deadLetterText(letterOf(hostile)))],
    ['a dead letter that is JSON', () => printLines(deadLetterText(letterOf(JSON.stringify({ name: hostile }))))],
    ['a finding of the doctor', () => printLines(report([{ check: 'topics', verdict: 'fail', found: hostile, mend: hostile }]))],
    [
      'a notice of the venue',
      () =>
        printLines(
          venueLines({ silentItems: [], refused: [], notices: [{ at: '', kind: 'system', code: hostile, text: hostile, times: 1 }] }),
        ),
    ],
    ['an error', () => complain(hostile.replace('\n', ''))],
    ['the live screen', () => new Screen(process.stdout, process.stderr).show([hostile])],
    ['a notice of a start', () => new Screen(process.stdout, process.stderr).notice(hostile.replace('\n', ''))],
  ])('cannot act on the terminal as %s', (_, show) => {
    const output = outputOf(show)
    expect(output).toContain('owned')
    for (const line of output.split('\n')) expect(line).not.toMatch(acting)
    expect(output).not.toMatch(/^line two/m)
  })

  it('is exact in JSON, in which nothing acts either', () => {
    const output = outputOf(() => printJson({ text: hostile }))
    expect(JSON.parse(output)).toEqual({ text: hostile })
    for (const line of output.split('\n')) expect(line).not.toMatch(acting)
  })

  it('is exact in JSON, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const json = visibleJson(JSON.stringify({ text }, null, 2))
        return JSON.parse(json).text === text && json.split('\n').every(line => !acting.test(line))
      }),
    )
  })

  it('that is printed exactly acts on no terminal, and is exact for a program', () => {
    const isTty = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY')
    const printed = (isTTY: boolean) => {
      Object.defineProperty(process.stdout, 'isTTY', { value: isTTY, configurable: true })
      return outputOf(() => printExactly(hostile))
    }
    try {
      expect(printed(false)).toBe(hostile)
      expect(printed(true)).toBe(written.replace(String.raw`\n`, '\n'))
    } finally {
      if (isTty === undefined) delete (process.stdout as { isTTY?: boolean }).isTTY
      else Object.defineProperty(process.stdout, 'isTTY', isTty)
    }
  })

  it('that is very long fills no screen', () => {
    const name = 'N'.repeat(65_536)
    const [, , row] = textTable([{ name, reason: 'why' }], ['name', 'reason']).split('\n')
    expect(row).toMatch(/^N{400}… \(65,136 more\) {2}why$/)
    expect(outputOf(() => printLines([name]))).toBe(`${'N'.repeat(8_192)}… (57,344 more)\n`)
  })
})

it('nothing writes to the terminal but through the one door', () => {
  const writers = ['audit', 'cli', 'doctor', 'launch', 'page']
    .flatMap(name => readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' }).map(path => join(name, 'src', path)))
    .filter(path => path.endsWith('.ts') && path !== join('cli', 'src', 'output.ts'))
    .filter(path => /process\.std(out|err)\.write|console\.\w+\(/.test(readFileSync(join(packages, path), 'utf8')))
  expect(writers).toEqual([])
})

function letterOf(raw: string) {
  const place = { topic: null, topic_partition: null, topic_offset: null, journal_segment: null, journal_offset: null }
  const text = { reason: hostile, detail: hostile, raw, state: 'open' as const }
  const letter = { id: 's/trade/1', timestamp: 0, session: 's', seq: 1, stage: 'collector', dataset: 'trade', type: hostile }
  return { ...letter, ...place, ...text, kafka_partition: 0, kafka_offset: 0 } as Parameters<typeof deadLetterText>[0]
}

function outputOf(show: () => void): string {
  const parts: string[] = []
  const take = (chunk: unknown) => {
    parts.push(String(chunk))
    return true
  }
  const spies = [vi.spyOn(process.stdout, 'write').mockImplementation(take), vi.spyOn(process.stderr, 'write').mockImplementation(take)]
  try {
    show()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return parts.join('')
}
