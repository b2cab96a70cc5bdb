import type { ServiceStatus } from '@tickhouse/runtime'

/** What services of one kind said at a moment, those that answered. */
export interface StatusesAt<Status extends ServiceStatus> {
  readonly atMs: number
  readonly statuses: readonly Status[]
}

/**
 * The sum of what services counted between two moments, per second; null when it is unknown. Services come and go: each is compared with itself. One that
 * was restarted counts from 0. What a service did before it was found is unknown.
 */
export function rateOf<Status extends ServiceStatus>(
  before: StatusesAt<Status> | undefined,
  now: StatusesAt<Status>,
  count: (status: Status) => number,
): number | null {
  if (before === undefined || now.atMs <= before.atMs) return null
  const formerly = new Map(before.statuses.map(status => [idOf(status), count(status)]))
  const gains = now.statuses.flatMap(status => {
    const isNew = Date.parse(status.startedAt) >= before.atMs
    const former = formerly.get(idOf(status)) ?? (isNew ? 0 : undefined)
    return former === undefined ? [] : gain(former, count(status))
  })
  return gains.length === 0 ? null : (gains.reduce((sum, each) => sum + each) * 1000) / (now.atMs - before.atMs)
}

/** All that a service has counted of its datasets. */
export function allOf<Name extends string>(name: Name) {
  return ({ datasets }: { readonly datasets: Readonly<Record<string, Readonly<Record<Name, number>>>> }): number =>
    Object.values(datasets).reduce((sum, counts) => sum + counts[name], 0)
}

function gain(before: number, now: number): number {
  return now >= before ? now - before : now
}

/** The same as long as the process is; containers count their processes from 1. */
function idOf({ pid, startedAt }: ServiceStatus): string {
  return `${startedAt} ${pid}`
}
