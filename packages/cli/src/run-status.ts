import { entities } from '@tickhouse/catalogue'
import { kafkaAnswers, questdbAnswers } from '@tickhouse/stack'
import type { RunFile, RunningProcess } from './run-file.ts'
import { type CollectorStatus, problemOf, type SinkStatus, statusOf } from './service-status.ts'
import { isAlive } from './start/is-alive.ts'

/** How one process is: `ready`, `gone`, or what is wrong. */
export interface ProcessHealth {
  readonly process: string
  readonly pid: number
  readonly address: string
  readonly health: string
}

/** What went through for one dataset since collector and sink were started; null when they do not say. */
export interface DatasetCounts {
  readonly dataset: string
  readonly received: number | null
  readonly published: number | null
  readonly stored: number | null
  readonly lag: number | null
}

/** Asks a process whether it is ready. */
export async function healthOf({ name, pid, address, http }: RunningProcess): Promise<ProcessHealth> {
  const health = !isAlive(pid) ? 'gone' : http === null ? await serverHealth(name, address) : ((await problemOf(http)) ?? 'ready')
  return { process: name, pid, address, health }
}

async function serverHealth(name: string, address: string): Promise<string> {
  const answers = name === 'kafka' ? await kafkaAnswers(Number(address.split(':').at(-1))) : await questdbAnswers(address)
  return answers ? 'ready' : 'does not answer'
}

/** What the venue does not send, or says besides data; empty when the collector does not answer. */
export interface VenueState {
  readonly silentItems: CollectorStatus['silentItems']
  readonly refused: CollectorStatus['pairs']['refused']
  readonly notices: CollectorStatus['notices']
}

/** Asks the collector what it does not get. */
export async function venueState({ processes }: RunFile): Promise<VenueState> {
  const collector = await statusOf<CollectorStatus>(processes.find(({ name }) => name === 'collector')?.http)
  return { silentItems: collector?.silentItems ?? [], refused: collector?.pairs.refused ?? [], notices: collector?.notices ?? [] }
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

/** The counts of every dataset that something went through. */
export async function datasetCounts({ processes }: RunFile): Promise<DatasetCounts[]> {
  const http = (name: string) => processes.find(process => process.name === name)?.http
  const [collector, sink] = await Promise.all([statusOf<CollectorStatus>(http('collector')), statusOf<SinkStatus>(http('sink'))])
  return entities
    .map(({ name }) => ({
      dataset: name,
      received: collector?.datasets[name]?.received ?? null,
      published: collector?.datasets[name]?.published ?? null,
      stored: sink?.datasets[name]?.stored ?? null,
      lag: sink?.datasets[name]?.lag ?? null,
    }))
    .filter(({ received, published, stored }) => [received, published, stored].some(count => count !== null && count > 0))
}
