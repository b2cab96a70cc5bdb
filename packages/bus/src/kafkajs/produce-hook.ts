import type { Broker } from 'kafkajs'
import { hookRequest, type Protocol } from './request-hook.ts'

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
