import { setImmediate as nextTurn } from 'node:timers/promises'
import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { type PaceOptions, ReadingPace } from '../../src/session/reading-pace.ts'
import { heldUp } from '../feed-fixture.ts'

/** A source that says how it is treated. */
function reading(options: Partial<PaceOptions> = {}) {
  const said: string[] = []
  const disk = { isBehind: false }
  const source = { pause: () => void said.push('pause'), resume: () => void said.push('resume') }
  return { said, disk, pace: new ReadingPace(source, { isBehind: () => disk.isBehind, ...options }) }
}

test('what comes without a break is left alone for one turn after some milliseconds, and read on after that', async () => {
  const { said, pace } = reading({ turnMs: 4 })
  pace.took()
  expect(said).toEqual([])
  heldUp(5)
  pace.took()
  pace.took()
  expect(said).toEqual(['pause'])
  await nextTurn()
  await nextTurn()
  expect(said).toEqual(['pause', 'resume'])
})

test('messages that come one at a time are never held up, however long each takes', async () => {
  const { said, pace } = reading({ turnMs: 4 })
  for (let message = 0; message < 5; message++) {
    pace.took()
    heldUp(5)
    await nextTurn()
    await nextTurn()
  }
  expect(said).toEqual([])
})

test('while too much waits for the disk nothing is read, until it has caught up', async () => {
  const { said, disk, pace } = reading()
  disk.isBehind = true
  pace.took()
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  expect(said).toEqual(['pause'])
  disk.isBehind = false
  await eventually(() => expect(said).toEqual(['pause', 'resume']))
})

test('a disk that does not catch up holds nothing up for long, nor again before it has', async () => {
  const { said, disk, pace } = reading({ maxWaitMs: 10, turnMs: 60_000 })
  disk.isBehind = true
  pace.took()
  await eventually(() => expect(said).toEqual(['pause', 'resume']))
  for (let message = 0; message < 5; message++) {
    pace.took()
    await nextTurn()
  }
  expect(said).toEqual(['pause', 'resume'])
  disk.isBehind = false
  pace.took()
  disk.isBehind = true
  pace.took()
  expect(said).toEqual(['pause', 'resume', 'pause'])
})
