import { entities } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'

/** How one dataset flows in a session. Times are those of the feed's own clock, µs, which stands still while nothing comes of any dataset. */
export interface DatasetFlow {
  records: number
  lastUs: number
  maxPauseUs: number
}

const minRecords = 20
/** A closing auction keeps trades back for ten minutes while books go on. */
const minSilenceUs = 15 * 60_000_000
const farLonger = 5
/** A pause of the whole feed counts as this at most: a night is no silence of one dataset. */
const maxStepUs = 10_000_000
const lookEveryUs = 1_000_000

/** The datasets that flowed and have been silent for far longer than they ever were, while others went on. */
export function staleDatasets(flows: ReadonlyMap<string, DatasetFlow>, nowUs: number): string[] {
  return [...flows].filter(([, flow]) => isStale(flow, nowUs)).map(([dataset]) => dataset)
}

function isStale({ records, lastUs, maxPauseUs }: DatasetFlow, nowUs: number): boolean {
  return records >= minRecords && nowUs - lastUs > Math.max(minSilenceUs, farLonger * maxPauseUs)
}

/**
 * Watches the datasets of the session that is being published, by the timestamps of its records alone. Nobody knows whether a silent dataset lacks anything,
 * so it is no gap: it is said when it begins and when it ends. A silence that was said does not count as usual.
 */
export class Flow {
  /** The session that is watched. */
  session = ''
  /** Its datasets that are silent for far longer than usual. */
  stale: readonly string[] = []
  readonly #log: Logger
  readonly #flows = new Map<string, DatasetFlow>()
  /** The same by the places of the datasets among `entities`. */
  readonly #byEntity: (DatasetFlow | undefined)[] = entities.map(() => undefined)
  #nowUs = 0
  #lookedUs = 0
  #lastTimestamp = 0

  constructor(log: Logger) {
    this.#log = log
  }

  /** Takes a record of the dataset at that place among `entities`; those that come again, when publishing starts over, change nothing. */
  seen(entity: number, session: string, timestampUs: number): void {
    if (session !== this.session) this.#begin(session, timestampUs)
    const flow = this.#byEntity[entity] ?? this.#add(entity)
    if (flow === undefined || timestampUs < this.#lastTimestamp) return
    this.#nowUs += Math.min(timestampUs - this.#lastTimestamp, maxStepUs)
    this.#lastTimestamp = timestampUs
    this.#note(flow, entity)
    if (this.#nowUs - this.#lookedUs >= lookEveryUs) this.#look()
  }

  #begin(session: string, timestampUs: number): void {
    this.session = session
    this.stale = []
    this.#flows.clear()
    this.#byEntity.fill(undefined)
    this.#lastTimestamp = timestampUs
  }

  /** Only what the venue sends flows. */
  #add(entity: number): DatasetFlow | undefined {
    const { name, venue } = entities[entity]!
    if (venue === null) return undefined
    const flow = { records: 0, lastUs: this.#nowUs, maxPauseUs: 0 }
    this.#flows.set(name, flow)
    this.#byEntity[entity] = flow
    return flow
  }

  #note(flow: DatasetFlow, entity: number): void {
    const pauseUs = this.#nowUs - flow.lastUs
    if (flow.records > 0 && pauseUs > flow.maxPauseUs && !this.stale.includes(entities[entity]!.name)) flow.maxPauseUs = pauseUs
    flow.records += 1
    flow.lastUs = this.#nowUs
  }

  #look(): void {
    this.#lookedUs = this.#nowUs
    const before = this.stale
    this.stale = staleDatasets(this.#flows, this.#nowUs)
    for (const dataset of this.stale) if (!before.includes(dataset)) this.#sayStale(dataset)
    for (const dataset of before)
      if (!this.stale.includes(dataset)) this.#log.info({ session: this.session, dataset }, 'The dataset flows again')
  }

  #sayStale(dataset: string): void {
    const { lastUs, maxPauseUs, records } = this.#flows.get(dataset)!
    const silentSeconds = Math.round((this.#nowUs - lastUs) / 1e6)
    const usualSeconds = Math.round(maxPauseUs / 1e6)
    this.#log.warn(
      { session: this.session, dataset, records, silentSeconds, usualSeconds },
      'A dataset has been silent for far longer than usual while others went on',
    )
  }
}
