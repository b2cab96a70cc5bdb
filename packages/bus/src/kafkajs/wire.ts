import { createRequire } from 'node:module'

/** What is used of kafkajs' writer of requests, reached by path. */
export interface Encoder {
  readonly buffer: Buffer
  writeBuffer(bytes: Buffer): Encoder
  writeBoolean(value: boolean): Encoder
  writeUVarInt(value: number): Encoder
  writeUVarIntString(value: string): Encoder
}

/** What is used of kafkajs' reader of answers. */
export interface Decoder {
  readInt16(): number
  readInt32(): number
  readInt64(): { toString(): string }
  readBoolean(): boolean
  readBytes(length: number): Buffer
  readUVarIntString(): string | null
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null
  readTaggedFields(): unknown
}

const require = createRequire(import.meta.url)

export const EncoderClass = require('kafkajs/src/protocol/encoder') as new () => Encoder
export const DecoderClass = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder
