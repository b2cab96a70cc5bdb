/** How often and how long, since the sink was started. */
export interface LatencyCount {
  readonly sum: number
  readonly count: number
}

const metric = 'tickhouse_sink_capture_to_queryable_seconds'

/** What each sink has counted, by its address. */
export type LatencyCounts = ReadonlyMap<string, LatencyCount>

/** Asks the sinks' metrics how long heartbeats took from capture until a query found them, one look after the other. */
export class LatencyReader {
  #last: LatencyCounts = new Map()

  /** The mean of those that arrived since the last look, ms; null when none did, or when no sink answers. */
  async read(sinks: readonly string[]): Promise<number | null> {
    const before = this.#last
    const answers = await Promise.all(sinks.map(async sink => [sink, await ask(sink)] as const))
    this.#last = new Map(answers.flatMap(([sink, count]) => (count === undefined ? [] : [[sink, count]])))
    return meanMs(before, this.#last)
  }
}

/** The mean between two looks; null when there was nothing to measure. A sink that was restarted counts from 0. */
export function meanMs(before: LatencyCounts, now: LatencyCounts): number | null {
  const gains = [...now].flatMap(([sink, { sum, count }]) => {
    const last = before.get(sink)
    return last !== undefined && count > last.count ? [{ sum: sum - last.sum, count: count - last.count }] : []
  })
  const count = gains.reduce((total, gain) => total + gain.count, 0)
  return count === 0 ? null : (1000 * gains.reduce((total, gain) => total + gain.sum, 0)) / count
}

/** What a page of metrics says of it; undefined when it says nothing. */
export function latencyIn(text: string): LatencyCount | undefined {
  const value = (suffix: string) => new RegExp(`^${metric}_${suffix}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]
  const [sum, count] = [value('sum'), value('count')]
  return sum === undefined || count === undefined ? undefined : { sum: Number(sum), count: Number(count) }
}

async function ask(http: string): Promise<LatencyCount | undefined> {
  try {
    return latencyIn(await (await fetch(`${http}/metrics`, { signal: AbortSignal.timeout(1500) })).text())
  } catch {
    return undefined
  }
}
