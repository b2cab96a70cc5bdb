import type { Broker } from 'kafkajs'
import { decodeFetchAnswer, type FetchAnswer } from '../wire/fetch-answer.ts'

/** How kafkajs makes one kind of request and understands its answer. */
export type Protocol<Answer> = (options: Record<string, unknown>) => {
  readonly request: { readonly apiVersion: number; readonly encode?: () => Promise<unknown> }
  readonly response: { decode(bytes: Buffer): Promise<Answer>; parse(answer: Answer): Promise<unknown> }
}

interface BrokerInside {
  lookupRequest: ((apiKey: number, definition: unknown) => Protocol<never>) & { readonly hooked?: ReadonlySet<number> }
}

/**
 * Lets one kind of request of a broker be made or understood in another way; kafkajs sends it as before. May be called again and
 * again for the same broker: kafkajs forgets it when it connects anew.
 */
export function hookRequest<Theirs, Ours>(broker: Broker, apiKey: number, change: (protocol: Protocol<Theirs>) => Protocol<Ours>): Broker {
  const inside = broker as unknown as BrokerInside
  const lookup = inside.lookupRequest
  if (lookup.hooked?.has(apiKey) === true) return broker
  const hooked = (asked: number, definition: unknown) => {
    const protocol = lookup.call(broker, asked, definition)
    return asked === apiKey ? (change(protocol as unknown as Protocol<Theirs>) as unknown as Protocol<never>) : protocol
  }
  inside.lookupRequest = Object.assign(hooked, { hooked: new Set([...(lookup.hooked ?? []), apiKey]) })
  return broker
}

/** Kafka's answer to a request to write; one with errors is thrown (`mendProduceAnswers`). */
export interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[]
  }[]
}

const produceKey = 0

/**
 * Sends a request to write whose body is ours. kafkajs' own encoder makes several buffers of every record and copies each a few times. It takes the body over at once when
 * it makes the frame, and adds the header; connection, authentication, throttling and the answer are its own.
 */
export async function produce(broker: Broker, bodyFor: (version: number) => Buffer): Promise<ProduceAnswer> {
  const hooked = hookRequest(broker, produceKey, encodedByUs) as unknown as { produce(options: object): Promise<ProduceAnswer> }
  return await hooked.produce({ topicData: bodyFor })
}

function encodedByUs(protocol: Protocol<never>): Protocol<never> {
  return options => {
    const given = protocol(options)
    const bodyFor = options['topicData'] as (version: number) => Buffer
    return { ...given, request: { ...given.request, encode: async () => asEncoder(bodyFor(given.request.apiVersion)) } }
  }
}

/** What kafkajs asks of an encoder that is part of another one. */
function asEncoder(body: Buffer): { readonly buf: Buffer; readonly buffer: Buffer } {
  return { buf: body, buffer: body }
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
