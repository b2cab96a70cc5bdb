import { randomBytes } from 'node:crypto'

/** A new id for a Kafka cluster: 16 bytes as base64url. It never begins with `-`, which the storage tool would take for an option. */
export function newClusterId(): string {
  const bytes = randomBytes(16)
  bytes[0]! &= 0x7f
  return bytes.toString('base64url')
}
