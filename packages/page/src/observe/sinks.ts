import { lookup } from 'node:dns/promises'
import type { Problem, SinkStatus, StoredDataset } from '@tickhouse/runtime'
import { askStatus } from './service-status.ts'

/** One address for each sink behind some URLs: the name of a scaled service leads to all of its containers. */
export async function sinksBehind(urls: readonly string[]): Promise<string[]> {
  return (await Promise.all(urls.map(allBehind))).flat()
}

/** What leads nowhere stays as it is, so that it is said to give no answer; so does https, whose certificate is for the name. */
async function allBehind(url: string): Promise<string[]> {
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'http:') return [url]
  // `localhost` also has an IPv6 address, which is no other sink.
  const found = await lookup(parsed.hostname, { all: true, family: 4 }).catch(() => [])
  return found.length === 0 ? [url] : found.map(({ address }) => Object.assign(new URL(url), { hostname: address }).href.replace(/\/$/, ''))
}

/** What those say that answer. */
export async function answersOfSinks(urls: readonly string[]): Promise<SinkStatus[]> {
  const answers = await Promise.all(urls.map(url => askStatus<SinkStatus>(url)))
  return answers.filter(answer => answer !== undefined)
}

/** What the sinks of a group say, as if one said it; undefined when none does. */
export function sinksTogether(sinks: readonly SinkStatus[]): SinkStatus | undefined {
  const [first] = sinks
  if (first === undefined) return undefined
  const names = [...new Set(sinks.flatMap(({ datasets }) => Object.keys(datasets)))]
  return {
    ...first,
    datasets: Object.fromEntries(names.map(name => [name, sumOf(sinks.flatMap(({ datasets }) => datasets[name] ?? []))])),
    // Who had the partition of the heartbeats before still knows an older one.
    heartbeat: sinks.map(({ heartbeat }) => heartbeat).reduce((a, b) => ((b.timestamp ?? 0) > (a.timestamp ?? 0) ? b : a)),
    deadLetters: sinks.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
    suspended: [...new Set(sinks.flatMap(({ suspended }) => suspended))],
    held: sinks.flatMap(({ held }) => held),
  }
}

function sumOf(parts: readonly StoredDataset[]): StoredDataset {
  const newest = parts.flatMap(({ lastTimestamp }) => lastTimestamp ?? [])
  const lags = parts.flatMap(({ lag }) => lag ?? [])
  const ages = parts.flatMap(({ lagMs }) => lagMs ?? [])
  return {
    received: parts.reduce((sum, { received }) => sum + received, 0),
    stored: parts.reduce((sum, { stored }) => sum + stored, 0),
    lag: isAnyUnread(parts) || lags.length === 0 ? null : lags.reduce((sum, lag) => sum + lag, 0),
    lagMs: ages.length === 0 ? null : Math.max(...ages),
    lastTimestamp: newest.length === 0 ? null : Math.max(...newest),
  }
}

/** True when some sink reads nothing at the moment: what waits in its former partitions is unknown. */
function isAnyUnread(parts: readonly StoredDataset[]): boolean {
  return parts.some(({ lag, lagMs }) => lag === null && lagMs !== null)
}

/** What keeps the sinks of a group from being ready; an Error when none answers, undefined when there is none. */
export function readyTogether(sinks: readonly (readonly Problem[] | Error)[]): readonly Problem[] | Error | undefined {
  const silent = sinks.filter(sink => sink instanceof Error)
  if (silent.length === sinks.length) return silent[0]
  const said = sinks.flatMap(sink => (sink instanceof Error ? [] : sink))
  return silent.length === 0 ? said : [...said, { component: 'group', message: `${silent.length} of ${sinks.length} give no answer` }]
}
