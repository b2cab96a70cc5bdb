/** How often and how long, since the sink was started. */
export interface LatencyCount {
  readonly sum: number
  readonly count: number
}

const metric = 'tickhouse_sink_capture_to_queryable_seconds'

/** Asks the sink's metrics how long heartbeats took from capture until a query found them, one look after the other. */
export class LatencyReader {
  #last: LatencyCount | undefined

  /** The mean of those that arrived since the last look, ms; null when none did or nobody knows. */
  async read(http: string | undefined): Promise<number | null> {
    const before = this.#last
    this.#last = http === undefined ? undefined : await ask(http)
    return meanMs(before, this.#last)
  }
}

/** The mean between two looks; null when there was nothing to measure. A sink that was restarted counts from 0. */
export function meanMs(before: LatencyCount | undefined, now: LatencyCount | undefined): number | null {
  if (before === undefined || now === undefined || now.count <= before.count) return null
  return (1000 * (now.sum - before.sum)) / (now.count - before.count)
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
