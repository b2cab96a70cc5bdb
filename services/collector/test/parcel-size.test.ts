import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { BatchNormalizer } from '../src/normalize.ts'
import { emptyParcel } from '../src/outbox.ts'
import { journalStart } from '../src/publish-point.ts'
import { PublishedRecords } from '../src/published.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const header = { session: 's1', openedAtUs: 1, environment: 'simulator', collector: 'test', version: 1 }
const observer = { received: () => {}, found: () => {}, normalized: () => {} }
const mostBytes = 16 * 1024 * 1024

test('what waits of the largest frame that is read takes some MiB, whatever it is made of', { timeout: 120_000 }, () => {
  for (const [type, values] of [
    ['0D', '"41":"1"'],
    ['0B', '"10":"much","302":"삼성전자"'],
    ['0B', ''],
  ]) {
    const item = `{"values":{${values}},"type":"${type}","item":"005930"}`
    const count = Math.min(20_000, Math.floor((1024 * 1024 - 30) / (Buffer.byteLength(item) + 1)))
    const bytes = Buffer.from(`{"data":[${Array(count).fill(item).join(',')}],"trnm":"REAL"}`)
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    const parcel = emptyParcel()
    const entries = [{ kind: 'frame', timeUs: 2, offset: 100, bytes } as const]
    new BatchNormalizer(journalStart, new PublishedRecords(), observer, new Set()).add(
      { header, entries, start: { segment: 1, offset: 100 }, end: { segment: 1, offset: 200 } },
      parcel,
    )
    collectGarbage()
    expect(process.memoryUsage().heapUsed - before, `${type} ${values}`).toBeLessThan(mostBytes)
    expect(parcel.messages).toHaveLength(1 + count)
    expect(parcel.bytes).toBe(parcel.messages.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0))
  }
})
