import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of all segments of Kafka's topics, or of one; indexes are allocated ahead and say nothing. */
export function logBytesIn(folder: string, topic = 'kiwoom\\.[^/]+'): number {
  const segment = new RegExp(`/${topic}-\\d+/\\d+\\.log$`)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => segment.test(`/${name}`))
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
