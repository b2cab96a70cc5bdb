import type { JournalSource } from '@tickhouse/journal'
import { expect, test } from 'vitest'
import { emptyBatch } from '../../src/publish/batch.ts'
import { HeldDatasets } from '../../src/publish/held-datasets.ts'
import { LagMeter } from '../../src/publish/lag.ts'
import { Outbox } from '../../src/publish/outbox.ts'

const minuteMs = 60_000

test('a backlog has its age also in the moment in which none of it is on its way', () => {
  const { lag } = meter(10)
  lag.acknowledged({ ...emptyBatch(), entries: 4, oldestUs: (Date.now() - minuteMs) * 1000, sinceMs: performance.now() - minuteMs })
  expect(lag.value.records).toBe(6)
  expect(lag.value.ageMs).toBeGreaterThanOrEqual(minuteMs)
})

test('what comes after everything is acknowledged is as young as it is', () => {
  const { lag, appended } = meter(4)
  lag.acknowledged({ ...emptyBatch(), entries: 4, oldestUs: (Date.now() - minuteMs) * 1000, sinceMs: performance.now() - minuteMs })
  appended(1)
  expect(lag.value.records).toBe(1)
  expect(lag.value.ageMs).toBeLessThan(minuteMs)
})

/** The lag of a journal with so many entries, of which an outbox has got none so far. */
function meter(entries: number) {
  const standing = { appendedEntries: entries, appendedBytes: entries * 100 }
  const lag = new LagMeter({ standing } as unknown as JournalSource, new HeldDatasets())
  const backlog = {
    end: { segment: 1, offset: 0 },
    appended: { ...standing },
    sessions: new Set<string>(),
    entries,
    bytes: entries * 100,
    earliestUs: 0,
    isOrdered: true,
  }
  lag.begin(backlog, new Outbox({ lingerMs: 0, maxBytes: 1 }))
  return {
    lag,
    appended: (more: number) => {
      standing.appendedEntries += more
    },
  }
}
