import { createRequire } from 'node:module'
import kafkajs from 'kafkajs'
import { mendMetadata } from './topic-ids.ts'

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(this: RequestQueue): void
}

interface Connection {
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
  isConnected(): boolean
  connect(this: Connection): Promise<unknown>
  disconnect(this: Connection): Promise<unknown>
  rejectRequests(error: Error): void
}

interface ProduceResponse {
  parse(answer: ProduceAnswer): Promise<ProduceAnswer>
}

interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly baseOffset: string }[]
  }[]
}

type ProtocolError = Error & { readonly type: string; readonly retriable: boolean }

const require = createRequire(import.meta.url)
const mended = Symbol.for('tickhouse.bus.mended')
const lengthBytes = 4
/** The answers that name each partition's offset. */
const produceVersions = [3, 4, 5, 6, 7]

/** Mends four faults of kafkajs 2.2.4 and lets it ask for topic ids, once per process. Its internals are reached by path; the version is pinned, and tests hold each mend. */
export function mendKafkajs(): void {
  mendOnce(require('kafkajs/src/network/requestQueue').prototype, mendIdlePolling)
  mendOnce(require('kafkajs/src/network/connection').prototype, connection => {
    mendReconnecting(connection)
    mendDisconnecting(connection)
  })
  mendOnce(require('kafkajs/src/protocol/requests/metadata'), mendMetadata)
  for (const version of produceVersions) mendOnce(require(`kafkajs/src/protocol/requests/produce/v${version}/response`), mendProduceAnswers)
}

function mendOnce<T extends object>(prototype: T, mend: (prototype: T) => void): void {
  if (mended in prototype) return
  mend(prototype)
  Object.defineProperty(prototype, mended, { value: true })
}

/**
 * After its first answer a connection checks an empty queue every millisecond, for ever, with a negative delay that Node.js 24 warns
 * about (github.com/tulios/kafkajs/issues/1751). With this, it only schedules a check while something waits.
 */
function mendIdlePolling(prototype: RequestQueue): void {
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
}

/**
 * A connection that broke in the middle of an answer keeps the half it has, and takes what a new socket brings for the rest: from then
 * on no answer is understood. With this, a new socket begins with an empty buffer.
 */
function mendReconnecting(prototype: Connection): void {
  const { connect } = prototype
  prototype.connect = function () {
    if (!this.isConnected()) Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: lengthBytes })
    return connect.call(this)
  }
}

/**
 * A connection that is being closed still takes requests, and stops to watch over their time: one that comes just then is never answered,
 * never refused and never late, so its caller waits for ever. With this, no caller waits for a closed connection.
 */
function mendDisconnecting(prototype: Connection): void {
  const { disconnect } = prototype
  prototype.disconnect = async function () {
    const done = await disconnect.call(this)
    this.rejectRequests(new kafkajs.KafkaJSConnectionError('Not connected'))
    return done
  }
}

/**
 * Kafka answers a request to write partition by partition; kafkajs throws the first error and keeps to itself whose it is, and which partitions were taken.
 * With this, the error carries the whole answer (`partitionAnswersOf` reads it), and one that repeating cannot mend comes before one that it can.
 */
function mendProduceAnswers(response: ProduceResponse): void {
  const { createErrorFromCode } = require('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): ProtocolError }
  response.parse = async answer => {
    const answers = answer.topics.flatMap(({ topicName: topic, partitions }) =>
      partitions.map(({ partition, errorCode, baseOffset }) => {
        const error = errorCode === 0 ? undefined : createErrorFromCode(errorCode)
        return { topic, partition, baseOffset: Number(baseOffset), error, reason: error?.type }
      }),
    )
    const errors = answers.flatMap(({ error }) => error ?? [])
    if (errors.length === 0) return answer
    throw Object.assign(errors.find(({ retriable }) => !retriable) ?? errors[0]!, { answers })
  }
}
