import type { Problem } from '@tickhouse/runtime'

/** A service's status; undefined when it does not answer in time. */
export async function askStatus<T>(http: string | null | undefined, timeoutMs = 1500): Promise<T | undefined> {
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
  const problems = await readinessOf(http, timeoutMs)
  if (problems instanceof Error) return `does not answer at ${http} (${problems.message})`
  return problems.length === 0 ? undefined : problems.map(({ component, message }) => `${component}: ${message}`).join('; ')
}

/** What keeps a service from being ready; an Error when it does not answer. */
export async function readinessOf(http: string, timeoutMs = 1500): Promise<readonly Problem[] | Error> {
  try {
    const response = await fetch(`${http}/ready`, { signal: AbortSignal.timeout(timeoutMs) })
    return ((await response.json()) as { problems: Problem[] }).problems
  } catch (error) {
    return error as Error
  }
}
