import { untilAborted } from '@tickhouse/runtime'
import type { RunQuery } from '@tickhouse/store'

/** How many queries run at once, and how long one may wait and run together. */
export interface GateBounds {
  readonly maxAtOnce: number
  readonly timeoutMs: number
}

/**
 * Lets few queries through at a time; the others wait their turn. A query that is not answered in time, or whose asker has left, is given up: QuestDB ends it when it finds
 * its connection closed. So whoever looks at charts takes a known share of QuestDB, and what is captured has the rest.
 */
export function gated(query: RunQuery, { maxAtOnce, timeoutMs }: GateBounds): RunQuery {
  let free = maxAtOnce
  const waiting: (() => void)[] = []
  const leave = () => {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
  const enter = async (signal: AbortSignal) => {
    if (free > 0) return void free--
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    try {
      await untilAborted(promise, signal)
    } catch (error) {
      const place = waiting.indexOf(resolve)
      // Its turn may have come at the moment at which it left.
      if (place < 0) leave()
      else waiting.splice(place, 1)
      throw error
    }
  }
  return async (sql, signal) => {
    const until = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])])
    await enter(until)
    try {
      return await query(sql, until)
    } finally {
      leave()
    }
  }
}
