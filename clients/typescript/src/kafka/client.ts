import { createRequire } from 'node:module'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs'
import { RecordError } from '../decode.ts'

const { CompressionCodecs, CompressionTypes, Kafka: Client, logLevel } = kafkajs
const require = createRequire(import.meta.url)

/** A client that reads what tickhouse writes: zstd, or LZ4 where the operator chose it. */
export function clientFor(config: KafkaConfig): Kafka {
  mendIdlePolling()
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer),
    decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => {
    const { compressFrameSync, decompressFrameSync } = lz4()
    return {
      compress: async ({ buffer }: { buffer: Buffer }) => compressFrameSync(buffer),
      decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
    }
  }
  // kafkajs 2.2.4 keeps what it makes of the password in the object that it is given, from where a copy with another password would take it.
  const sasl = config.sasl && { sasl: { ...config.sasl } }
  return new Client({ clientId: 'tickhouse-records', logLevel: logLevel.NOTHING, ...config, ...sasl })
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

const mended = Symbol.for('tickhouse.records.mended')

/**
 * A connection of kafkajs 2.2.4 looks into an empty queue every millisecond, with a negative delay that Node.js warns about
 * (github.com/tulios/kafkajs/issues/1751). With this it looks only while something waits. Another version of kafkajs is left as it is.
 */
function mendIdlePolling(): void {
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== '2.2.4') return
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  if (mended in prototype) return
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
  Object.defineProperty(prototype, mended, { value: true })
}

interface Lz4 {
  compressFrameSync(bytes: Buffer): Buffer
  decompressFrameSync(bytes: Buffer): Buffer
}

function lz4(): Lz4 {
  try {
    return require('lz4-napi') as Lz4
  } catch (cause) {
    throw new RecordError('CODEC_MISSING', 'The topics are packed with LZ4, which the package lz4-napi unpacks: npm install lz4-napi', {
      cause,
    })
  }
}
