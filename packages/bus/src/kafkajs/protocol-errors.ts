import { createRequire } from 'node:module'

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): Error }

/** The error that a code of Kafka's protocol stands for, as kafkajs would throw it. */
export function errorOfCode(code: number): Error {
  return createErrorFromCode(code)
}
