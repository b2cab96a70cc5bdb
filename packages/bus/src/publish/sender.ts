import { delay, untilAborted } from '@tickhouse/runtime'
import { BusError } from '../errors.ts'
import { inTime } from '../in-time.ts'
import { IdempotentProducer } from '../kafkajs/index.ts'
import type { Leaders } from '../leaders.ts'
import { untilReached } from '../reach.ts'
import type { Offsets } from '../records.ts'
import type { PartitionBatch } from '../wire/batches.ts'
import type { PublisherDeps } from './publisher-deps.ts'
import { withoutPresent } from './reconcile.ts'

/** A replica that does not keep up leaves the in-sync set after this long (`replica.lag.time.max.ms`); then all appended is visible. */
const replicasSettleMs = 30_000

/** Sends by one identity after another. Before the next identity sends records that are in doubt, they are looked up in Kafka. */
export class Sender {
  readonly #deps: PublisherDeps
  readonly #leaders: Leaders
  #producer: IdempotentProducer | undefined

  constructor(deps: PublisherDeps, leaders: Leaders) {
    this.#deps = deps
    this.#leaders = leaders
  }

  /** Sends batches that have one leader; resolves with the offsets behind them. What takes too long is in doubt. */
  async send(group: PartitionBatch[], signal: AbortSignal | undefined): Promise<Offsets> {
    const producer = await this.#connected(signal)
    return await untilAborted(inTime(producer.send(group), this.#deps.sendTimeoutMs ?? 120_000, unacknowledged), signal)
  }

  /** Makes another attempt of the same identity possible. */
  async recover(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    await this.#producer?.recover(error, signal)
  }

  /** Replaces the producer and leaves out what its predecessor has brought to Kafka without being told so. */
  async renew(open: PartitionBatch[], signal: AbortSignal | undefined): Promise<PartitionBatch[]> {
    this.drop()
    await this.untilVisible(signal)
    const { kafka, log, metrics, reach } = this.#deps
    const left = await untilReached(() => withoutPresent(kafka, open, { log, signal }), { ...reach, signal })
    const [before, after] = [countMessages(open), countMessages(left)]
    metrics.reconciled.inc({ found: 'yes' }, before - after)
    metrics.reconciled.inc({ found: 'no' }, after)
    log.warn({ records: before, found: before - after }, 'Producer renewed; records in doubt were looked for')
    return left
  }

  /** What a leader has appended is visible when every replica has it that is in sync. */
  async untilVisible(signal: AbortSignal | undefined): Promise<void> {
    if (this.#leaders.isReplicated) await delay(replicasSettleMs, signal)
  }

  /** Ends the identity. Its connections close in the background: an answer that is still awaited could hold that up. */
  drop(): void {
    void this.#producer?.close()
    this.#producer = undefined
  }

  async close(): Promise<void> {
    await this.#producer?.close()
    this.#producer = undefined
  }

  async #connected(signal: AbortSignal | undefined): Promise<IdempotentProducer> {
    if (this.#producer !== undefined) return this.#producer
    const { kafka, reach, packer } = this.#deps
    const producer = new IdempotentProducer(kafka, this.#leaders, packer)
    await untilReached(
      () => producer.connect(),
      { ...reach, signal },
      () => producer.close(),
    )
    this.#producer = producer
    return producer
  }
}

/** Whether it still comes is not known: the producer is renewed, and what is in the topics looked for. */
function unacknowledged(cause: Error): BusError {
  return new BusError('BUS_ACKNOWLEDGEMENT_INCOMPLETE', cause.message, { cause })
}

function countMessages(batches: readonly PartitionBatch[]): number {
  return batches.reduce((sum, { messages }) => sum + messages.length, 0)
}
