import type { Broker } from 'kafkajs'
import { decodeFetchAnswer, type FetchAnswer } from '../wire/fetch-answer.ts'
import { hookRequest, type Protocol } from './request-hook.ts'

interface KafkajsTopic {
  readonly topicName: string
  readonly partitions: readonly {
    readonly partition: number
    readonly errorCode: number
    readonly highWatermark: string
    readonly messages: readonly {
      readonly offset: string
      readonly timestamp: string
      readonly key: Buffer | null
      readonly value: Buffer | null
      readonly isControlRecord: boolean
    }[]
  }[]
}

interface KafkajsAnswer {
  readonly responses: readonly KafkajsTopic[]
}

const fetchKey = 1
const decodedVersion = 11

/**
 * Lets a broker's fetches be decoded by `decodeFetchAnswer`. kafkajs' own decoder makes four objects, two texts and several BigInts of
 * every record, which costs more than parsing the record's JSON, knows one codec, and fails for all partitions when one has an error.
 * As much may be inflated as the request lets Kafka send.
 */
export function withOwnDecoder(broker: Broker): Broker {
  return hookRequest(broker, fetchKey, decodedByUs)
}

function decodedByUs(protocol: Protocol<KafkajsAnswer>): Protocol<FetchAnswer> {
  return options => {
    const given = protocol(options)
    const decode = async (bytes: Buffer) =>
      given.request.apiVersion === decodedVersion
        ? decodeFetchAnswer(bytes, options['maxBytes'] as number)
        : fromKafkajs(await given.response.decode(bytes))
    // Errors stand in the answer, partition by partition.
    return { ...given, response: { decode, parse: async answer => answer } }
  }
}

/** The same from what kafkajs has decoded: brokers before Kafka 2.3. */
export function fromKafkajs(answer: KafkajsAnswer): FetchAnswer {
  const responses = answer.responses.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partition, errorCode, highWatermark, messages }) => {
      const last = messages.at(-1)
      const records = messages
        .filter(({ isControlRecord }) => !isControlRecord)
        .map(({ offset, timestamp, key, value }) => ({ offset: Number(offset), timestampMs: Number(timestamp), key, value }))
      const nextOffset = last === undefined ? null : Number(last.offset) + 1
      return { partition, errorCode, highWatermark: Number(highWatermark), records, ...sizesOf(records), nextOffset, unreadable: null }
    }),
  }))
  return { clientSideThrottleTime: 0, errorCode: 0, ...answer, responses }
}

/** Without what stands around keys and values, and without packing: kafkajs tells neither. */
function sizesOf(records: readonly { readonly key: Buffer | null; readonly value: Buffer | null }[]) {
  const bytes = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
  return { bytes, packedBytes: bytes, isShared: true }
}
