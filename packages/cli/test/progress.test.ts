import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProgressLine } from '../src/progress.ts'
import { uncompared } from '../src/verbs/start.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the progress of long work', () => {
  it('is a line within two seconds and every three seconds where there is no terminal, with the figures of that moment', () => {
    const { out, progress } = shown({ isTTY: false })
    let records = 0
    progress.tell(() => `Reading: ${records} records`)
    for (let second = 1; second <= 8; second++) {
      records = second * 100
      vi.advanceTimersByTime(1000)
    }
    progress.end()
    expect(out[0]).toMatch(/^Reading: [12]00 records … [12] s\n$/)
    expect(out).toHaveLength(3)
    for (const character of ['\r', '\x1b']) expect(out.join('')).not.toContain(character)
  })

  it('is one line on a terminal that changes, fits, and is gone in the end', () => {
    const { out, progress } = shown({ isTTY: true, columns: 20 })
    progress.tell(() => 'Reading the journal: session 1 of 3')
    vi.advanceTimersByTime(2000)
    expect(out.length).toBeGreaterThan(2)
    for (const text of out) expect(text).toBe('\rReading the journal\x1b[K')
    progress.end()
    expect(out.at(-1)).toBe('\r\x1b[K')
  })

  it('says nothing of work that is done at once, or of a line that was ended', () => {
    const { out, progress } = shown({ isTTY: false })
    progress.tell(() => 'Quick')
    vi.advanceTimersByTime(500)
    progress.end()
    vi.advanceTimersByTime(60_000)
    expect(out).toEqual([])
    progress.tell(() => 'Slow')
    vi.advanceTimersByTime(1000)
    expect(out).toEqual(['Slow … 0 s\n'])
  })

  it('goes on with the next step without starting anew', () => {
    const { out, progress } = shown({ isTTY: false })
    progress.tell(() => 'First')
    vi.advanceTimersByTime(1200)
    progress.tell(() => 'Second')
    vi.advanceTimersByTime(3000)
    expect(out).toEqual(['First … 1 s\n', 'Second … 4 s\n'])
    expect(progress.sentence).toBe('Second')
  })
})

describe('a start that is ended by a second Ctrl-C', () => {
  it('says what was not compared, where it was, and what compares it later', () => {
    const own = uncompared('Reading 23 topics: 350,000 records', { data: '/data', env: {} })
    expect(own).toContain('journal, topics and tables were not compared')
    expect(own).toContain('It was at: Reading 23 topics: 350,000 records.')
    expect(own).toContain('`tickhouse verify --data /data`')
    const given = { KAFKA_BROKERS: 'kafka:9092', QDB_CLIENT_CONF: 'http::addr=questdb:9000;' }
    expect(uncompared('', { data: '/data', env: given })).toContain('`JOURNAL_DIR=/data/journal tickhouse verify`')
  })
})

function shown(terminal: { readonly isTTY: boolean; readonly columns?: number }) {
  const out: string[] = []
  const startedAt = Date.now()
  const write = (text: string) => out.push(text)
  return { out, progress: new ProgressLine({ ...terminal, write }, () => Date.now() - startedAt) }
}
