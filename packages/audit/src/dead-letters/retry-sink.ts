import { type DataRecord, type Entity, entityOf } from '@tickhouse/catalogue'
import { encoderFor } from '@tickhouse/store'
import { RowWriter, rowRefusalOf } from '../rebuild/row-writer.ts'
import { type DeadLetter, rawTexts } from './letters.ts'
import { type DeadLetterRetryOptions, type RetryOutcome, triedOutcome } from './outcome.ts'

/** A letter keeps this much of a record; what is longer was cut. */
const maxRawLength = 64 * 1024

/**
 * Encodes the records of the sink's letters of one dataset again, and writes them with the places in Kafka that the letters name: the row is what the sink
 * would have written, and writing it once more changes nothing.
 */
export async function retrySink(dataset: string, letters: readonly DeadLetter[], options: DeadLetterRetryOptions): Promise<RetryOutcome[]> {
  const refusals = new Map<string, string>()
  const refuse = (id: string, reason: string) => void refusals.set(id, reason)
  options.tell(() => `Trying again what the sink could not store of ${dataset}: ${letters.length} dead letters`)
  const trial = trialOf(entityOf(dataset), refuse, options)
  for await (const chunk of rawTexts(options.store, letters, options.signal))
    for (const [letter, raw] of chunk) {
      const record = await recordOf(letter, raw, options)
      if (typeof record === 'string') refuse(letter.id, record)
      else await trial.add(letter, record)
    }
  await trial.finish()
  return letters.map(letter => triedOutcome(letter, refusals.get(letter.id), options.dryRun))
}

interface Trial {
  add(letter: DeadLetter, record: DataRecord): Promise<void>
  finish(): Promise<void>
}

/** Writes; in a dry run finds out only what can be known without QuestDB. */
function trialOf(entity: Entity, refuse: (id: string, reason: string) => void, { store, dryRun, signal }: DeadLetterRetryOptions): Trial {
  if (dryRun) {
    const encoder = encoderFor(entity.table)
    const add = async ({ id }: DeadLetter, record: DataRecord) => {
      const refusal = rowRefusalOf(encoder, record)
      if (refusal !== undefined) refuse(id, refusal)
    }
    return { add, finish: async () => {} }
  }
  const writer = new RowWriter<string>(store, entity, refuse, signal)
  return {
    add: ({ id, topic_partition, topic_offset }, record) => writer.add(id, record, { partition: topic_partition!, offset: topic_offset! }),
    finish: () => writer.finish(),
  }
}

/** The record of a letter: from its text, or from Kafka where that was cut; in words why there is none. */
async function recordOf(letter: DeadLetter, raw: string, { bus, signal }: DeadLetterRetryOptions): Promise<DataRecord | string> {
  const text = raw.length > maxRawLength ? await textInKafka(letter, { bus, signal }) : raw
  if (text === undefined) return 'The text in the dead letter was cut, and its record has expired in Kafka'
  try {
    return JSON.parse(text) as DataRecord
  } catch (error) {
    return `Expected JSON: ${(error as Error).message}`
  }
}

async function textInKafka(
  { topic, topic_partition, topic_offset }: DeadLetter,
  { bus, signal }: Pick<DeadLetterRetryOptions, 'bus' | 'signal'>,
) {
  const record = await bus.recordAt({ topic: topic!, partition: topic_partition!, offset: topic_offset! }, signal)
  return record?.value?.toString()
}
