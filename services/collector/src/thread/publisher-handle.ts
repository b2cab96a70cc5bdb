import { Worker } from 'node:worker_threads'
import type { Gap } from '@tickhouse/catalogue'
import type { Journal } from '@tickhouse/journal'
import { messageOf, TickhouseError } from '@tickhouse/runtime'
import type { CollectorConfig } from '../config.ts'
import type { ItemObserver } from '../counts/item-flow.ts'
import type { Unregistered } from '../journal/unregistered.ts'
import type { HeldDataset } from '../publish/held-datasets.ts'
import type { PublishLag } from '../publish/lag.ts'
import { type CountsView, type FromThread, nothingYet, type ThreadOrder, type ToThread } from './messages.ts'

/** What a publishing thread works with. */
export interface PublisherHandleDeps {
  readonly config: CollectorConfig
  readonly journal: Pick<Journal, 'mark' | 'moveMark' | 'standing'>
  readonly logLevel: string
  /** Hears of items that fall silent and speak again. */
  readonly observer: Pick<ItemObserver, 'silent' | 'spoke'>
  /** The module that runs in it; tests have their own. */
  readonly module?: URL
  /** How long it may stand still before that is a problem. */
  readonly stillTimeoutMs?: number
}

/** What the two parts of its heap may grow to; where Node.js was told other limits on its command line or in NODE_OPTIONS, those count. */
export const maxHeap = { oldMebibytes: 192, youngMebibytes: 32 }
/** How long an answer is waited for before the last one serves. */
const answerMs = 2_000

/**
 * Publishing in a thread of its own, as the thread of the sockets sees it. That one never waits for it and hands it nothing: it reads the journal by the files, up to
 * the journal's mark. What it shows is what it said when it was looked at last; where it says nothing any more, the lag rises all the same, and a thread that stands
 * still is a problem.
 *
 * Three states: *starting* (what is said to it waits), *running*, and *ended*: as it was told to, or by a failure, on which `run` rejects.
 */
export class PublisherHandle {
  /** Resolves when the thread is running; rejects when it does not come to that. */
  readonly started: Promise<void>
  readonly #deps: PublisherHandleDeps
  readonly #thread: Worker
  readonly #pulse = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
  readonly #ended: Promise<void>
  readonly #gaps = new Map<string, number>()
  readonly #waiting = new Map<number, () => void>()
  #state = nothingYet
  #statedAtMs = performance.now()
  #looks = 0
  #isClosing = false
  #failure: unknown

  constructor(deps: PublisherHandleDeps) {
    this.#deps = deps
    new BigInt64Array(this.#pulse)[0] = process.hrtime.bigint()
    this.#thread = this.#start()
    const started = Promise.withResolvers<void>()
    this.started = started.promise
    this.#thread.on('message', (words: FromThread) => {
      if (words.say === 'started') started.resolve()
      else this.#hear(words)
    })
    this.#ended = new Promise((resolve, reject) => {
      this.#thread.on('error', reject)
      this.#thread.on('exit', code => (this.#isClosing && code === 0 ? resolve() : reject(endedBy(code))))
    })
    this.#ended.catch(error => {
      this.#failure = error
      started.reject(error)
      for (const id of this.#waiting.keys()) this.#answer(id)
    })
    this.started.catch(() => {})
  }

  /** What stands in the way of publishing anything now, in words. */
  get problem(): string | undefined {
    if (this.#failure !== undefined) return `The publishing thread has ended: ${messageOf(this.#failure)}`
    if (this.#standsStill) return `The publishing thread has stood still for ${Math.round(this.#stillMs / 1000)} s`
    return this.#state.problem
  }

  /** The datasets that are behind the others for the sake of their topics. */
  get held(): HeldDataset[] {
    return this.#state.held.map(held => ({ ...held, ageMs: held.records === 0 ? 0 : held.ageMs + this.#stateAgeMs }))
  }

  /** What was appended since the thread was looked at has waited since then at most. */
  get lag(): PublishLag {
    const { lag, appended } = this.#state
    const { appendedEntries, appendedBytes } = this.#deps.journal.standing
    const records = lag.records + appendedEntries - appended.entries
    return {
      records,
      bytes: lag.bytes + appendedBytes - appended.bytes,
      ageMs: records === 0 ? 0 : lag.ageMs + this.#stateAgeMs,
    }
  }

  /** What came of the journal, and the gaps that were written into it. */
  get counts(): CountsView {
    const { counts } = this.#state
    const reasons = new Set([...this.#gaps.keys(), ...counts.gaps.keys()])
    const gaps = new Map([...reasons].map(reason => [reason, (this.#gaps.get(reason) ?? 0) + (counts.gaps.get(reason) ?? 0)]))
    return { ...counts, gaps }
  }

  /** The metrics of the thread, as Prometheus reads them. */
  get metrics(): string {
    return this.#state.metrics
  }

  /** Resolves when the thread has closed. Rejects when it ends otherwise: as `publish` does, or by a bug, or since its heap is full. */
  run(): Promise<void> {
    return this.#ended
  }

  /** Brings up to date what is shown here; a thread that does not answer is waited for no longer than a moment. */
  async look(): Promise<void> {
    if (this.#failure !== undefined || this.#isClosing || this.#standsStill) return
    const number = ++this.#looks
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.set(number, resolve)
    const timer = setTimeout(() => this.#answer(number), answerMs)
    this.#say({ say: 'look', number })
    await promise
    clearTimeout(timer)
  }

  /** A gap was written into the journal. */
  gap({ reason }: Gap): void {
    this.#gaps.set(reason, (this.#gaps.get(reason) ?? 0) + 1)
  }

  /** The venue refuses pairs in the open session: that nothing comes of them is said already. */
  refused(pairs: Unregistered, session: string): void {
    this.#say({ say: 'refused', session, pairs })
  }

  /** Publishes what the journal holds by now, if Kafka takes it within the time, and ends the thread; the rest is for the next start. */
  async close(drainMs?: number): Promise<void> {
    this.#isClosing = true
    // What is appended and not yet written belongs to it.
    this.#deps.journal.moveMark()
    this.#say({ say: 'close', drainMs })
    await this.#ended.catch(() => {})
  }

  /** Ends the thread where it is, as a crash does. */
  kill(): void {
    this.#isClosing = true
    void this.#thread.terminate()
  }

  get #standsStill(): boolean {
    return this.#stillMs > (this.#deps.stillTimeoutMs ?? 10_000)
  }

  get #stillMs(): number {
    return Number(process.hrtime.bigint() - Atomics.load(new BigInt64Array(this.#pulse), 0)) / 1e6
  }

  get #stateAgeMs(): number {
    return performance.now() - this.#statedAtMs
  }

  #start(): Worker {
    const { config, logLevel, journal, module = new URL('worker.ts', import.meta.url) } = this.#deps
    const order: ThreadOrder = { config, logLevel, journalMark: journal.mark.memory, pulse: this.#pulse }
    const resourceLimits = { maxOldGenerationSizeMb: maxHeap.oldMebibytes, maxYoungGenerationSizeMb: maxHeap.youngMebibytes }
    return new Worker(module, { name: 'publishing', workerData: order, resourceLimits })
  }

  #say(words: ToThread): void {
    this.#thread.postMessage(words)
  }

  #hear(words: Exclude<FromThread, { say: 'started' }>): void {
    const { observer } = this.#deps
    if (words.say === 'silent') observer.silent(words.item, words.session)
    else if (words.say === 'spoke') observer.spoke(words.item, words.session, words.timestampUs)
    else {
      this.#state = words.state
      this.#statedAtMs = performance.now()
      this.#answer(words.number)
    }
  }

  #answer(number: number): void {
    this.#waiting.get(number)?.()
    this.#waiting.delete(number)
  }
}

function endedBy(code: number): TickhouseError {
  return new TickhouseError('PUBLISHING_ENDED', `The publishing thread ended with ${code} and was not told to`)
}
