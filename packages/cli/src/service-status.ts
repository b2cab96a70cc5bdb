/** What `GET /status` of a collector tells, as far as it is shown. */
export interface CollectorStatus {
  readonly session: string | null
  readonly state: string
  readonly datasets: Readonly<Record<string, { received: number; published: number; lastTimestamp: number | null }>>
  readonly journal: { lagRecords: number; lagBytes: number }
  readonly deadLetters: number
  readonly gaps: number
  readonly reconnects: number
}

/** What `GET /status` of a sink tells, as far as it is shown. */
export interface SinkStatus {
  readonly datasets: Readonly<Record<string, { stored: number; lag: number; lastTimestamp: number | null }>>
  readonly deadLetters: number
  readonly suspended: readonly string[]
}

/** A service's status; undefined when it does not answer in time. */
export async function statusOf<T>(http: string | null | undefined, timeoutMs = 1500): Promise<T | undefined> {
  if (!http) return undefined
  try {
    const response = await fetch(`${http}/status`, { signal: AbortSignal.timeout(timeoutMs) })
    return (await response.json()) as T
  } catch {
    return undefined
  }
}

/** What keeps a service from being ready; undefined when it is. */
export async function problemOf(http: string, timeoutMs = 1500): Promise<string | undefined> {
  try {
    const response = await fetch(`${http}/ready`, { signal: AbortSignal.timeout(timeoutMs) })
    const { problems } = (await response.json()) as { problems: { component: string; message: string }[] }
    return problems.length === 0 ? undefined : problems.map(({ component, message }) => `${component}: ${message}`).join('; ')
  } catch (error) {
    return `does not answer at ${http} (${(error as Error).message})`
  }
}
