import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Countdown } from '../src/index.ts'
import { connection } from './connection.ts'

/** The process does not get to run: nothing of it happens. */
function heldUp(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('is over once, when the time is', async () => {
  const over = vi.fn()
  const startedAt = performance.now()
  const countdown = new Countdown(80, over)
  onTestFinished(() => countdown.stop())
  await vi.waitFor(() => expect(over).toHaveBeenCalledOnce(), { timeout: 5_000 })
  expect(performance.now() - startedAt).toBeGreaterThan(75)
  await wait(200)
  expect(over).toHaveBeenCalledOnce()
})

test('is not over as long as it is begun anew, and never once it is stopped', async () => {
  const over = vi.fn()
  const countdown = new Countdown(400, over)
  for (let times = 0; times < 20; times++) {
    await wait(40)
    countdown.restart()
  }
  countdown.stop()
  await wait(600)
  expect(over).not.toHaveBeenCalled()
})

test('counts a process that was held up for far longer as one eighth of the time', async () => {
  const over = vi.fn()
  const countdown = new Countdown(400, over)
  onTestFinished(() => countdown.stop())
  heldUp(900)
  await wait(0)
  expect(over).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(over).toHaveBeenCalledOnce(), { timeout: 5_000 })
})

test('an answer that lies in the socket when the time is over is read first', async () => {
  const { near, far } = await connection()
  const over = vi.fn()
  const countdown = new Countdown(1_600, over)
  const answered = once(near, 'data').then(() => countdown.stop())
  await wait(1_500)
  far.write('the answer')
  heldUp(200)
  await answered
  await wait(500)
  expect(over).not.toHaveBeenCalled()
})
