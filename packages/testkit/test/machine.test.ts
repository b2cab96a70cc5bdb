import { expect, onTestFinished, test, vi } from 'vitest'
import { describeMachine, eventually, filesAtATime, filesByDefault, measureMachine, scaledTimeout, slownessOf } from '../src/index.ts'

const gibibyte = 2 ** 30
const usual = { processors: 2, load: 0.3, freeBytes: 24 * gibibyte, workMs: 80, spawnMs: 60 }

function withPatience(factor: string): void {
  vi.stubEnv('FAULT_PATIENCE', factor)
  onTestFinished(() => void vi.unstubAllEnvs())
}

test('a usual machine carries three files on two processors, and no limit is longer', () => {
  expect([slownessOf(usual), filesAtATime(usual)]).toEqual([1, 3])
})

test('before anything is measured, a machine carries what one of the usual speed with its processors and its memory does', () => {
  const { processors, freeBytes } = measureMachine()
  const quiet = filesAtATime({ ...usual, processors, freeBytes })
  expect([quiet - 1, quiet, quiet + 1]).toContain(filesByDefault())
})

test('a machine half as fast carries half as many files, rounded down, and every limit is twice as long', () => {
  const slow = { ...usual, workMs: 160, spawnMs: 90 }
  expect([slownessOf(slow), filesAtATime(slow)]).toEqual([2, 1])
})

test('what starts processes slowly is slow, however fast it computes', () => {
  expect(slownessOf({ workMs: 20, spawnMs: 300 })).toBe(5)
})

test('a machine of little memory carries fewer files, but always one', () => {
  expect(filesAtATime({ ...usual, freeBytes: 6 * gibibyte })).toBe(2)
  expect(filesAtATime({ ...usual, freeBytes: gibibyte })).toBe(1)
  expect(filesAtATime({ ...usual, workMs: 8_000 })).toBe(1)
})

test('a faster machine shortens no limit, and a machine that stands nearly still lengthens none without end', () => {
  expect(slownessOf({ workMs: 10, spawnMs: 5 })).toBe(1)
  expect(slownessOf({ workMs: 80_000, spawnMs: 60 })).toBe(20)
})

test('measures this machine', () => {
  const machine = measureMachine()
  expect(Math.min(...Object.values(machine).filter(value => value !== machine.load))).toBeGreaterThan(0)
  expect(describeMachine({ ...usual, load: 3.14 })).toBe(
    '2 processors, load 3.1, 24.0 GiB free; the control took 80 ms (usual 80), a process 60 ms (usual 60)',
  )
})

test.each([
  ['2.5', 2_500],
  ['1', 1_000],
  ['0.1', 1_000],
  ['much', 1_000],
])('with FAULT_PATIENCE=%s a second may take %i ms', (factor, expected) => {
  withPatience(factor)
  expect(scaledTimeout(1_000)).toBe(expected)
})

test('a wait grows with the time-out scale', async () => {
  withPatience('20')
  const startedAt = performance.now()
  await expect(eventually(() => false, { timeoutMs: 10, intervalMs: 1 })).rejects.toThrow()
  expect(performance.now() - startedAt).toBeGreaterThan(199)
})
