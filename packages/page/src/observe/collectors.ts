import type { CollectedDataset, CollectorStatus } from '@tickhouse/runtime'
import { askStatus } from './service-status.ts'

/** One of the collectors that are looked at. */
export interface SeenCollector {
  readonly url: string
  /** Its COLLECTOR_ID; its host and port as long as it has never answered. */
  readonly name: string
  /** `collector` where there is no other one, else with its name. */
  readonly title: string
  /** Undefined when it does not answer. */
  readonly status: CollectorStatus | undefined
}

/** What those that answer have together. */
export interface CollectorTotals extends Pick<CollectorStatus, 'deadLetters' | 'gaps' | 'silentItems' | 'notices'> {
  readonly datasets: Readonly<Record<string, CollectedDataset>>
  readonly journal: Pick<CollectorStatus['journal'], 'bytes' | 'lagRecords' | 'lagBytes'>
}

/** Asks collectors for their status, one look after the other, and keeps the names of those that stop answering. */
export class CollectorWatch {
  readonly #names = new Map<string, string>()

  async look(urls: readonly string[]): Promise<SeenCollector[]> {
    const statuses = await Promise.all(urls.map(url => askStatus<CollectorStatus>(url)))
    return urls.map((url, index) => {
      const status = statuses[index]
      if (status !== undefined) this.#names.set(url, status.collector)
      const name = this.#names.get(url) ?? URL.parse(url)?.host ?? url
      return { url, name, title: urls.length === 1 ? 'collector' : `collector ${name}`, status }
    })
  }
}

/** The statuses of those that answer. */
export function answersOf(collectors: readonly SeenCollector[]): CollectorStatus[] {
  return collectors.flatMap(({ status }) => status ?? [])
}

/** What they have together; undefined when none answers. */
export function totalsOf(collectors: readonly SeenCollector[]): CollectorTotals | undefined {
  const answers = answersOf(collectors)
  if (answers.length === 0) return undefined
  const sum = (value: (status: CollectorStatus) => number) => answers.reduce((total, status) => total + value(status), 0)
  const names = new Set(answers.flatMap(({ datasets }) => Object.keys(datasets)))
  return {
    datasets: Object.fromEntries([...names].map(name => [name, datasetSum(answers.flatMap(({ datasets }) => datasets[name] ?? []))])),
    journal: {
      bytes: sum(({ journal }) => journal.bytes),
      lagRecords: sum(({ journal }) => journal.lagRecords),
      lagBytes: sum(({ journal }) => journal.lagBytes),
    },
    deadLetters: sum(({ deadLetters }) => deadLetters),
    gaps: sum(({ gaps }) => gaps),
    silentItems: answers.flatMap(({ silentItems }) => silentItems),
    notices: noticesOf(answers),
  }
}

function datasetSum(parts: readonly CollectedDataset[]): CollectedDataset {
  return {
    received: parts.reduce((sum, { received }) => sum + received, 0),
    published: parts.reduce((sum, { published }) => sum + published, 0),
    lastTimestamp: Math.max(...parts.map(({ lastTimestamp }) => lastTimestamp)),
  }
}

/** What the venue says to every connection is one notice; the newest first. */
function noticesOf(answers: readonly CollectorStatus[]): CollectorTotals['notices'] {
  const alike = Map.groupBy(
    answers.flatMap(({ notices }) => notices),
    ({ kind, code, text }) => `${kind} ${code} ${text}`,
  )
  const merged = [...alike.values()].map(notices => {
    const newest = notices.reduce((a, b) => (b.at > a.at ? b : a))
    return { ...newest, times: notices.reduce((sum, { times }) => sum + times, 0) }
  })
  return merged.sort((a, b) => b.at.localeCompare(a.at))
}
