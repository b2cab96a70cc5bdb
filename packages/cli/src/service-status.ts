export type { CollectorStatus, SinkStatus } from '@tickhouse/runtime'

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
