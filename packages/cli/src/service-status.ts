import type { Problem } from '@tickhouse/runtime'

/** What `GET /status` of a collector tells, as far as it is shown. */
export interface CollectorStatus {
  readonly session: string | null
  readonly state: string
  readonly datasets: Readonly<Record<string, { received: number; published: number; lastTimestamp: number | null }>>
  readonly feed?: { state: 'flowing' | 'quiet' | 'dead'; stale: readonly string[] }
  readonly journal: { lagRecords: number; lagBytes: number; problem?: { code: string } | null }
  readonly deadLetters: number
  readonly gaps: number
  readonly reconnects: number
}

/** What `GET /status` of a sink tells, as far as it is shown. */
export interface SinkStatus {
  readonly datasets: Readonly<Record<string, { stored: number; lag: number; lastTimestamp: number | null }>>
  readonly heartbeat?: { ageMs: number | null }
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

/** What keeps a service from being ready, in one line; undefined when it is. */
export async function problemOf(http: string, timeoutMs = 1500): Promise<string | undefined> {
  const problems = await problemsOf(http, timeoutMs)
  if (problems instanceof Error) return `does not answer at ${http} (${problems.message})`
  return problems.length === 0 ? undefined : problems.map(({ component, message }) => `${component}: ${message}`).join('; ')
}

/** What keeps a service from being ready; an Error when it does not answer. */
export async function problemsOf(http: string, timeoutMs = 1500): Promise<readonly Problem[] | Error> {
  try {
    const response = await fetch(`${http}/ready`, { signal: AbortSignal.timeout(timeoutMs) })
    return ((await response.json()) as { problems: Problem[] }).problems
  } catch (error) {
    return error as Error
  }
}
