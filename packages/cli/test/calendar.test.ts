import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@tickhouse/testkit'
import { describe, expect, it } from 'vitest'
import { tickhouse } from './tickhouse.ts'

async function calendar(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const run = tickhouse(['calendar', ...words], env)
  const { code, stdout } = await run.end
  return { code, stdout, stderr: run.stderr }
}

describe('tickhouse calendar', () => {
  it('shows the phases of a day, and that the exam moves them', async () => {
    const { code, stdout } = await calendar(['--date', '2026-11-19', '--venue', 'KRX'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ *date +state +venue +phase +kind +from +to +note\n/)
    expect(stdout).toMatch(/2026-11-19 +open +KRX +continuous +continuous +10:00:00 +16:20:00 +college entrance exam/)
  })

  it('says why a day is closed', async () => {
    const { stdout } = await calendar(['--from', '2026-12-25', '--to', '2026-12-26', '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject([
      { date: '2026-12-25', state: 'closed', venue: null, note: '기독탄신일' },
      { date: '2026-12-26', state: 'closed', venue: null, note: 'weekend' },
    ])
  })

  it('gives a calendar program its events, in UTC, the same each time', async () => {
    const words = ['--date', '2026-11-30', '--format', 'ical', '--venue', 'NXT']
    const [{ stdout }, again] = [await calendar(words), await calendar(words)]
    expect(stdout.split('\r\n').slice(0, 9)).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//tickhouse//trading calendar//EN',
      'BEGIN:VEVENT',
      'UID:20261129T230000Z-NXT-pre_market@tickhouse',
      'DTSTAMP:20261129T230000Z',
      'DTSTART:20261129T230000Z',
      'DTEND:20261129T235000Z',
      'SUMMARY:NXT pre market',
    ])
    expect(again.stdout).toBe(stdout)
  })

  it('tells scripts by its exit code that nothing is open, whatever the hour, and when it opens next', async () => {
    const file = everyDay('closed')
    const isOpen = await calendar(['--is-open'], { TRADING_CALENDAR_FILE: file })
    expect(isOpen).toMatchObject({ code: 1, stdout: 'closed: only for this test\n' })
    const next = await calendar(['--next-open'], { TRADING_CALENDAR_FILE: file })
    expect(next.code).toBe(0)
    expect(next.stdout).toMatch(/^\d{4}-\d\d-\d\dT08:00:00\+09:00 NXT pre_market\n$/)
  })

  it('refuses a file that is wrong, and dates that are none', async () => {
    const file = join(temporaryFolder(), 'calendar.json')
    writeFileSync(file, '{"days":[{"date":"2027-13-01","kind":"closed","reason":"x"}]}')
    const wrong = await calendar([], { TRADING_CALENDAR_FILE: file })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('days[0].date: expected a date such as 2027-11-18, was "2027-13-01"')
    const missing = await calendar([], { TRADING_CALENDAR_FILE: join(file, 'not') })
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('TRADING_CALENDAR_FILE')
    expect((await calendar(['--from', '2026-12-02', '--to', '2026-12-01'])).code).toBe(2)
    expect((await calendar(['--date', 'soon'])).code).toBe(2)
  })
})

/** A file that makes today and the days around it something; midnight may pass meanwhile. */
function everyDay(kind: string): string {
  const file = join(temporaryFolder(), 'calendar.json')
  const dates = [0, 1, 2].map(days => new Date(Date.now() + (days * 24 + 9) * 3_600_000).toISOString().slice(0, 10))
  writeFileSync(file, JSON.stringify({ days: dates.map(date => ({ date, kind, reason: 'only for this test' })) }))
  return file
}
