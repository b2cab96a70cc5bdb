import { entities } from '@tickhouse/catalogue'
import { type CollectorStatus, isAlive, type SinkStatus } from '@tickhouse/runtime'
import { kafkaAnswers, questdbAnswers } from '@tickhouse/stack'
import { CollectorWatch, type SeenCollector, totalsOf } from './collectors.ts'
import { allOf } from './rates.ts'
import type { RunningProcess, ServiceAddresses } from './run-file.ts'
import { problemOf } from './service-status.ts'
import type { KnownServices } from './services.ts'
import { answersOfSinks, sinksTogether } from './sinks.ts'

/** A process that is asked how it is; its pid is null where it runs elsewhere. */
export type KnownProcess = Omit<RunningProcess, 'pid'> & { readonly pid: number | null }

/** How one process is: `ready`, `gone`, or what is wrong. */
export interface ProcessHealth {
  readonly process: string
  readonly pid: number | null
  readonly address: string
  readonly health: string
}

/** What went through for one dataset since collector and sink were started; null when they do not say. */
export interface DatasetTotals {
  readonly dataset: string
  readonly received: number | null
  readonly published: number | null
  readonly stored: number | null
  readonly lag: number | null
}

/** The processes of a running start, or those that the environment names. */
export function processesOf({ run, addresses }: KnownServices): readonly KnownProcess[] {
  const named = (name: string, urls: readonly string[]) => urls.map(url => ({ name, pid: null, address: url, http: url }))
  return run?.processes ?? [...named('collector', addresses.collectors), ...named('sink', addresses.sinks)]
}

/** Asks a process whether it is ready. */
export async function healthOf({ name, pid, address, http }: KnownProcess): Promise<ProcessHealth> {
  const isGone = pid !== null && !isAlive(pid)
  const health = isGone ? 'gone' : http === null ? await serverHealth(name, address) : ((await problemOf(http)) ?? 'ready')
  return { process: name, pid, address, health }
}

async function serverHealth(name: string, address: string): Promise<string> {
  const answers = name === 'kafka' ? await kafkaAnswers(Number(address.split(':').at(-1))) : await questdbAnswers(address)
  return answers ? 'ready' : 'does not answer'
}

/** The same with the names of collectors where there are several. */
export function titled<Health extends ProcessHealth>(healths: readonly Health[], collectors: readonly SeenCollector[]): Health[] {
  const titles = new Map(collectors.map(({ url, title }) => [url, title]))
  return healths.map(health => ({ ...health, process: titles.get(health.address) ?? health.process }))
}

/** What collectors and sinks say of themselves at one moment. */
export interface ServiceAnswers {
  readonly collectors: readonly SeenCollector[]
  readonly sink: SinkStatus | undefined
}

/** Asks them once. */
export async function saidBy({ collectors, sinks }: ServiceAddresses): Promise<ServiceAnswers> {
  const [seen, answers] = await Promise.all([new CollectorWatch().look(collectors), answersOfSinks(sinks)])
  return { collectors: seen, sink: sinksTogether(answers) }
}

/** One collector of several. */
export interface CollectorState {
  readonly collector: string
  readonly address: string
  /** That of its session; null when it does not answer, as are all the others. */
  readonly state: string | null
  readonly session: string | null
  readonly received: number | null
  readonly published: number | null
  /** Entries of its journal that Kafka does not have. */
  readonly waiting: number | null
  readonly gaps: number | null
  readonly dead_letters: number | null
}

/** Each of the collectors. */
export function collectorStates({ collectors }: ServiceAnswers): CollectorState[] {
  return collectors.map(({ name, url, status }) => ({
    collector: name,
    address: url,
    state: status?.state ?? null,
    session: status?.session ?? null,
    received: status ? allOf('received')(status) : null,
    published: status ? allOf('published')(status) : null,
    waiting: status?.journal.lagRecords ?? null,
    gaps: status?.gaps ?? null,
    dead_letters: status?.deadLetters ?? null,
  }))
}

/** What the venue does not send, or says besides data; empty when no collector answers. */
export interface VenueState {
  readonly silentItems: CollectorStatus['silentItems']
  readonly refused: CollectorStatus['pairs']['refused']
  readonly notices: CollectorStatus['notices']
}

/** What the collectors do not get. */
export function venueState({ collectors }: ServiceAnswers): VenueState {
  const totals = totalsOf(collectors)
  const refused = collectors.flatMap(({ status }) => status?.pairs.refused ?? [])
  return { silentItems: totals?.silentItems ?? [], refused, notices: totals?.notices ?? [] }
}

/** The same in lines. */
export function venueLines({ silentItems, refused, notices }: VenueState): string[] {
  return [
    ...refused.map(
      ({ types, items, reason, evidence }) => `not captured (${reason}): ${items.join(', ')} of ${types.join(', ')}: ${evidence}`,
    ),
    ...silentItems.map(({ item, types, evidence }) => `silent: ${item} of ${types.join(', ')}: ${evidence}`),
    ...notices.map(({ at, kind, code, text, times }) => `the venue said, ${times} times, last at ${at}: ${kind} ${code}: ${text}`),
  ]
}

/** The counts of every dataset that something went through, all services together. */
export function datasetCounts({ collectors, sink }: ServiceAnswers): DatasetTotals[] {
  const collected = totalsOf(collectors)
  return entities
    .map(({ name }) => ({
      dataset: name,
      received: collected?.datasets[name]?.received ?? null,
      published: collected?.datasets[name]?.published ?? null,
      stored: sink?.datasets[name]?.stored ?? null,
      lag: sink?.datasets[name]?.lag ?? null,
    }))
    .filter(({ received, published, stored }) => [received, published, stored].some(count => count !== null && count > 0))
}
