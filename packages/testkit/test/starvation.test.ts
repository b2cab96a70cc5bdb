import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { childService, eventually, type Starved, starvedBetween, starvedIn } from '../src/index.ts'

const path = join(import.meta.dirname, 'small-service.ts')
const quiet = { wantedMs: 500, tookMs: 500, activeMs: 0, processorMs: 0 }

test('a process that was let run when it wanted to was not starved', () => {
  expect(starvedIn(quiet)).toBe(0)
  expect(starvedIn({ ...quiet, activeMs: 400, processorMs: 400 })).toBe(0)
})

test('a process that came late without having computed was starved for as long', () => {
  expect(starvedIn({ ...quiet, tookMs: 3_000 })).toBe(2_500)
})

test('a process whose loop was at work for longer than it had a processor was starved for the difference', () => {
  expect(starvedIn({ ...quiet, activeMs: 480, processorMs: 100 })).toBe(380)
})

test('a process that was late because it computed has only itself to blame', () => {
  expect(starvedIn({ ...quiet, tookMs: 3_000, activeMs: 3_000, processorMs: 2_990 })).toBe(10)
})

test('the most starved of several processes counts, and only what meets the time', () => {
  const collector = [
    { fromMs: 0, toMs: 1_000, starvedMs: 400 },
    { fromMs: 5_000, toMs: 6_000, starvedMs: 300 },
    { fromMs: 6_000, toMs: 7_000, starvedMs: 200 },
  ]
  const sink = [{ fromMs: 5_500, toMs: 6_500, starvedMs: 450 }]
  expect(starvedBetween(5_000, 7_000, [collector, sink])).toBe(500)
  expect(starvedBetween(1_000, 5_000, [collector, sink])).toBe(0)
  expect(starvedBetween(0, 10_000, [])).toBe(0)
})

test('a service that was frozen for a while tells how long it was not let run', async () => {
  const starved: Starved[] = []
  const service = await childService(path, {}, { onStarved: stretch => starved.push(stretch) })
  onTestFinished(() => service.close())
  const frozenAtMs = Date.now()
  service.kill('SIGSTOP')
  await new Promise(resolve => setTimeout(resolve, 2_000))
  service.kill('SIGCONT')
  await eventually(() => expect(starvedBetween(frozenAtMs, Date.now(), [starved])).toBeGreaterThan(1_000))
})
