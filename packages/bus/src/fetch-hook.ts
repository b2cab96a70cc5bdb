import type { Broker } from 'kafkajs'
import { decodeFetchAnswer, type FetchAnswer } from './fetch-answer.ts'

interface Response<Answer> {
  decode(bytes: Buffer): Promise<Answer>
  parse(answer: unknown): Promise<unknown>
}

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

type Protocol<Answer> = (options: object) => { readonly request: { readonly apiVersion: number }; readonly response: Response<Answer> }

interface KafkajsAnswer {
  readonly responses: readonly KafkajsTopic[]
}

interface BrokerInside {
  lookupRequest: ((apiKey: number, definition: unknown) => Protocol<KafkajsAnswer>) & { readonly isOurs?: true }
}

const fetchKey = 1
const decodedVersion = 11

/**
 * Lets a broker's fetches be decoded by `decodeFetchAnswer`; kafkajs sends them and looks at their errors as before. Its own decoder
 * makes four objects, two texts and several BigInts of every record, which costs more than parsing the record's JSON.
 */
export function withOwnDecoder(broker: Broker): Broker {
  const inside = broker as unknown as BrokerInside
  const lookup = inside.lookupRequest
  if (lookup.isOurs !== true) {
    const ours = (apiKey: number, definition: unknown) =>
      apiKey === fetchKey ? decodedByUs(lookup.call(broker, apiKey, definition)) : lookup.call(broker, apiKey, definition)
    inside.lookupRequest = Object.assign(ours as typeof lookup, { isOurs: true as const })
  }
  return broker
}

function decodedByUs(protocol: Protocol<KafkajsAnswer>): Protocol<FetchAnswer> {
  return options => {
    const given = protocol(options)
    const { response } = given
    const decode = async (bytes: Buffer) => {
      const answer = given.request.apiVersion === decodedVersion ? decodeFetchAnswer(bytes) : null
      return answer ?? fromKafkajs(await response.decode(bytes))
    }
    return { ...given, response: { decode, parse: response.parse } }
  }
}

/** The same from what kafkajs has decoded: other versions, compressed batches, old formats. */
export function fromKafkajs(answer: KafkajsAnswer): FetchAnswer {
  const responses = answer.responses.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partition, errorCode, highWatermark, messages }) => {
      const last = messages.at(-1)
      const records = messages
        .filter(({ isControlRecord }) => !isControlRecord)
        .map(({ offset, timestamp, key, value }) => ({ offset: Number(offset), timestampMs: Number(timestamp), key, value }))
      const nextOffset = last === undefined ? null : Number(last.offset) + 1
      return { partition, errorCode, highWatermark: Number(highWatermark), records, bytes: bytesOf(records), nextOffset }
    }),
  }))
  return { clientSideThrottleTime: 0, errorCode: 0, ...answer, responses }
}

/** Without what stands around keys and values, which kafkajs does not tell. */
function bytesOf(records: readonly { readonly key: Buffer | null; readonly value: Buffer | null }[]): number {
  return records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
}
