import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { readJournal } from '@tickhouse/journal'
import type { LedgerEntry } from '@tickhouse/simulator'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { account } from './oracle.ts'
import { recordSession } from './recorded-session.ts'

test('frames that were sent and are not in the journal lie between the captures around them', async () => {
  const { lost, times } = await judge({ sent: ['a', 'b', 'c', 'd', 'e'], captured: [['a', 'b'], ['e']] })
  expect(lost).toEqual([{ from: times[1], to: times[2], frames: 2 }])
})

test('where the first frame after a loss has the same bytes as a lost one, the loss may lie before it', async () => {
  const { lost, times } = await judge({ sent: ['a', 'x', 'c', 'x', 'e'], captured: [['a'], ['x', 'e']] })
  expect(lost).toEqual([{ from: times[0], to: times[2], frames: 2 }])
})

test('a frame that stands twice or out of order in the journal is found', async () => {
  await expect(judge({ sent: ['a', 'b', 'c'], captured: [['a', 'b', 'b']] })).rejects.toThrow(/twice or out of order/)
  await expect(judge({ sent: ['a', 'b', 'c'], captured: [['b', 'a']] })).rejects.toThrow(/twice or out of order/)
})

/** What the oracle says of sessions that captured these frames, and when each was captured. */
async function judge({ sent, captured }: { sent: readonly string[]; captured: readonly (readonly string[])[] }) {
  const [journal, ledger] = [temporaryFolder(), join(temporaryFolder(), 'ledger.jsonl')]
  writeFileSync(ledger, sent.map((text, index) => `${JSON.stringify(entryOf(text, index))}\n`).join(''))
  for (const frames of captured) await recordSession(journal, frames)
  const times: number[] = []
  for await (const { entries } of readJournal(journal)) for (const { kind, timeUs } of entries) if (kind === 'frame') times.push(timeUs)
  return { ...(await account(ledger, journal)), times }
}

function entryOf(text: string, index: number): LedgerEntry {
  const items = [{ type: '0B', item: '005930', fids: {} }]
  return { frame: index + 1, atMs: index, sessions: [1], bytes: text.length, crc32: crc32(text), items }
}
