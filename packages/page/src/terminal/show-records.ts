import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Bus } from '@tickhouse/bus'
import type { DataRecord, Entity } from '@tickhouse/catalogue'
import { isAbort } from '@tickhouse/runtime'
import type { Lines } from './record-lines.ts'

/** Which records are shown, and where they go. */
export interface TailOptions {
  readonly bus: Bus
  readonly entity: Entity
  /** From when on; only what comes from now on when left out. */
  readonly sinceMs: number | undefined
  readonly symbol: string | undefined
  readonly venue: string | undefined
  /** Ends after so many. */
  readonly count: number | undefined
  readonly lines: Lines
  readonly out: Writable
}

/** A record with its text. */
interface Decoded {
  readonly record: DataRecord
  readonly json: string
}

/** Shows the records of a dataset as they come, until the signal aborts or enough were shown; waits for a slow reader. */
export async function showRecords({ bus, entity, sinceMs, count, lines, out, ...filter }: TailOptions, stop: AbortSignal): Promise<void> {
  const enough = new AbortController()
  const signal = AbortSignal.any([stop, enough.signal])
  let left = count ?? Number.POSITIVE_INFINITY
  if (lines.heading !== undefined) await write(out, [lines.heading], signal)
  const show = async (values: readonly (Buffer | null)[]) => {
    const wanted = decoded(values, filter).slice(0, left)
    left -= wanted.length
    await write(
      out,
      wanted.map(({ record, json }) => lines.of(record, json)),
      signal,
    )
    if (left === 0) enough.abort()
  }
  if (left > 0) await bus.follow([entity.topic.name], sinceMs, records => show(records.map(({ value }) => value)), signal)
}

/** The records that were asked for, in the order of their capture. */
function decoded(values: readonly (Buffer | null)[], { symbol, venue }: Pick<TailOptions, 'symbol' | 'venue'>): Decoded[] {
  return values
    .flatMap(value => {
      const json = value?.toString() ?? 'null'
      const record = JSON.parse(json) as DataRecord | null
      return record === null ? [] : [{ record, json }]
    })
    .filter(({ record }) => (symbol === undefined || record.symbol === symbol) && (venue === undefined || record.venue === venue))
    .sort((left, right) => left.record.timestamp - right.record.timestamp)
}

async function write(out: Writable, lines: readonly string[], signal: AbortSignal): Promise<void> {
  if (lines.length === 0 || out.write(lines.map(line => `${line}\n`).join(''))) return
  await once(out, 'drain', { signal }).catch(error => {
    if (!isAbort(error)) throw error
  })
}
