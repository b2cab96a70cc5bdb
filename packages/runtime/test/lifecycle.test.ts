import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Lifecycle } from '../src/index.ts'

const silent = pino({ level: 'silent' })

test('closes what it owns in reverse order, once', async () => {
  const closed: string[] = []
  const lifecycle = new Lifecycle(silent)
  for (const name of ['journal', 'bus', 'http']) lifecycle.own(name, { close: () => void closed.push(name) })
  await Promise.all([lifecycle.close(), lifecycle.close()])
  expect(closed).toEqual(['http', 'bus', 'journal'])
  expect(lifecycle.signal.aborted).toBe(true)
})

test('goes on closing past something that hangs or fails, and says so at the end', async () => {
  const closed: string[] = []
  const lifecycle = new Lifecycle(silent)
  lifecycle.own('journal', { close: () => void closed.push('journal') })
  lifecycle.own('hanging', { close: () => new Promise<void>(() => {}) }, 10)
  lifecycle.own('failing', {
    close: () => {
      throw new Error('broken')
    },
  })
  await expect(lifecycle.close()).rejects.toThrow('Not everything was closed: failing: broken; hanging: Not closed within 10 ms')
  expect(closed).toEqual(['journal'])
})

test('a background task that fails stops the process; one that ends because of the stop does not', async () => {
  const lifecycle = new Lifecycle(silent)
  lifecycle.run('patient', signal => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))))
  lifecycle.run('broken', () => Promise.reject(new Error('disk')))
  await lifecycle.close()
  expect(lifecycle.failure).toEqual(new Error('disk'))
})
