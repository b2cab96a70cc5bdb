import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A REAL frame of the venue and the rows that it must become. */
export interface FrameFixture {
  /** File name without ending: `trade.captured-3`. */
  readonly name: string
  /** The frame as text, byte for byte. */
  readonly text: string
  readonly rows: readonly ExpectedRow[]
}

/** One expected row: every column of the dataset's own, nulls included; times still as the venue wrote them. */
export interface ExpectedRow {
  readonly dataset: string
  readonly symbol: string
  readonly venue: string
  readonly columns: Readonly<Record<string, unknown>>
}

/** The folder of frames, to be handed to the simulator. */
export const framesFolder = join(import.meta.dirname, '..', 'fixtures', 'frames')

/** Every fixture, sorted by name; sources are in `fixtures/SOURCES.tsv`. */
export function frameFixtures(): FrameFixture[] {
  return readdirSync(framesFolder)
    .filter(file => file.endsWith('.json'))
    .sort()
    .map(file => ({
      name: file.slice(0, -'.json'.length),
      text: readFileSync(join(framesFolder, file), 'utf8'),
      rows: JSON.parse(readFileSync(join(framesFolder, '..', 'rows', file), 'utf8')),
    }))
}

/** The expected columns of a row captured at `capturedAtUs`, times in µs. Written apart from the product, by the calendar. */
export function expectedColumns(row: ExpectedRow, capturedAtUs: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row.columns).map(([name, value]) => [name, resolve(value, capturedAtUs / 1000)]))
}

function resolve(value: unknown, capturedAtMs: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { time, pastTime } = value as { time?: string; pastTime?: string }
  const candidates = [-1, 0, 1].map(day => koreanTime(capturedAtMs, day, (time ?? pastTime)!))
  const nearest = (a: number, b: number) => Math.abs(a - capturedAtMs) - Math.abs(b - capturedAtMs)
  const ms = time ? candidates.sort(nearest)[0]! : candidates.filter(at => at <= capturedAtMs + 600_000).at(-1)!
  return ms * 1000
}

/** HHMMSS on the Korean date of `ms`, so many days away, as ms since the epoch. */
function koreanTime(ms: number, day: number, text: string): number {
  const date = new Date(ms + day * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Seoul' })
  return Date.parse(`${date}T${text.slice(0, 2)}:${text.slice(2, 4)}:${text.slice(4)}+09:00`)
}
