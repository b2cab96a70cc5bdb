import { backoffMs, delay } from '@tickhouse/runtime'
import { reasonOf, rootOf } from '../errors.ts'
import type { Leaders } from '../leaders.ts'
import { type Offsets, partitionKey } from '../records.ts'
import type { PartitionBatch } from '../wire/batches.ts'
import { answeredBatches, endsAfter, mayBeAppended, type PartitionAnswer, partitionAnswersOf } from '../wire/partition-answers.ts'
import type { BatchCut } from './batch-cut.ts'
import type { PublisherDeps } from './publisher-deps.ts'
import { isAtNow } from './record-times.ts'
import { clockDiffers } from './refusal.ts'
import { type Delivery, Refusing } from './refusing.ts'
import { type SendVerdict, sendVerdict, sendVerdictOf } from './send-verdict.ts'
import type { Sender } from './sender.ts'

/** Brings requests to Kafka, one at a time; each is repeated unchanged until it is acknowledged, or cut anew where Kafka says that it has to be. */
export class Delivering {
  readonly #deps: PublisherDeps
  readonly #leaders: Leaders
  readonly #sender: Sender
  readonly #cut: BatchCut
  readonly #refusing: Refusing

  constructor(deps: PublisherDeps, leaders: Leaders, sender: Sender, cut: BatchCut) {
    this.#deps = deps
    this.#leaders = leaders
    this.#sender = sender
    this.#cut = cut
    this.#refusing = new Refusing(deps, leaders, sender)
  }

  /** Sends until every batch is acknowledged, one leader at a time. */
  async bring(batches: PartitionBatch[], ends: Offsets, signal: AbortSignal | undefined): Promise<void> {
    const startedAt = performance.now()
    const delivery: Delivery = { open: batches, ends, attempt: 1, startedAt, refusedSinceMs: undefined, isInDoubt: false }
    while (delivery.open.length > 0) {
      const group = this.#leaders.oneLeader(delivery.open)
      try {
        const sent = await this.#sender.send(group, signal)
        this.#settle(delivery, group, sent)
      } catch (error) {
        await this.#mend(error, delivery, signal)
        delivery.attempt += 1
      }
    }
  }

  /** These batches are in Kafka. */
  #settle(delivery: Delivery, batches: readonly PartitionBatch[], ends: Offsets): void {
    delivery.open = delivery.open.filter(batch => !batches.includes(batch))
    for (const [key, offset] of ends) delivery.ends.set(key, offset)
  }

  /** Prepares the next attempt. */
  async #mend(error: unknown, delivery: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const verdict = sendVerdict(error, performance.now() - delivery.startedAt)
    if (verdict === 'refuse') return this.#refusing.refuse(error, delivery, signal)
    this.#deps.metrics.publishRetries.inc({ reason: reasonOf(error) })
    if (verdict === 'regroup') return
    const answers = partitionAnswersOf(error)
    if ((verdict === 'retime' || verdict === 'split') && answers !== undefined)
      return this.#recut(verdict, error, answers, delivery, signal)
    await this.#refusing.giveUp(error, delivery, signal)
    await this.#wait(error, verdict, delivery, signal)
    if (verdict === 'renew') delivery.open = await this.#sender.renew(delivery.open, signal)
    delivery.isInDoubt = verdict !== 'renew' && (delivery.isInDoubt || mayBeAppended(error))
    await this.#sender.recover(error, signal)
  }

  async #wait(error: unknown, verdict: SendVerdict, { attempt }: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const delayMs = backoffMs(attempt, { baseMs: 100, maxMs: 5_000 })
    const { reach, log } = this.#deps
    log.warn(
      { brokers: reach.brokers, reason: reasonOf(error), detail: rootOf(error).message, attempt, delayMs, verdict },
      'Kafka did not acknowledge, trying again',
    )
    await delay(delayMs, signal)
  }

  /** Some partitions want other batches, and have said so: what the others took is settled, and a new identity sends the rest, as its numbers count anew. */
  async #recut(
    verdict: 'retime' | 'split',
    error: unknown,
    answers: readonly PartitionAnswer[],
    delivery: Delivery,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const taken = answeredBatches(delivery.open, answers, reason => reason === undefined)
    const refused = answeredBatches(delivery.open, answers, reason => sendVerdictOf(reason) === verdict)
    const others = answers.some(({ reason }) => reason !== undefined && sendVerdictOf(reason) !== verdict)
    this.#settle(delivery, taken, endsAfter(taken, answers))
    if (delivery.isInDoubt || others) delivery.open = await this.#sender.renew(delivery.open, signal)
    else this.#sender.drop()
    delivery.isInDoubt = false
    const keys = new Set(refused.map(partitionKey))
    const [kept, again] = [
      delivery.open.filter(batch => !keys.has(partitionKey(batch))),
      delivery.open.filter(batch => keys.has(partitionKey(batch))),
    ]
    if (verdict === 'split') {
      const [first, second] = this.#cut.halves(again, error)
      await this.bring([...kept, ...first], delivery.ends, signal)
      delivery.open = second
      return
    }
    if (isAtNow(again)) {
      if (this.#deps.refusalTimeouts !== undefined) throw clockDiffers(error, again)
      await this.#wait(error, verdict, delivery, signal)
    }
    delivery.open = [...kept, ...this.#cut.retimed(again)]
  }
}
