import { expect, test } from 'vitest'
import { Turn } from '../src/index.ts'
import { connection } from './connection.ts'

test('a socket is read while long work goes on, not after it', async () => {
  const { near, far } = await connection()
  const seen: string[] = []
  near.on('data', bytes => seen.push(String(bytes)))
  far.write('PING')
  const turn = new Turn()
  for (let piece = 1; piece <= 100; piece++) {
    work()
    seen.push(`piece ${piece}`)
    if (turn.isOver) await turn.next()
  }
  expect(seen.indexOf('PING')).toBeGreaterThan(-1)
  expect(seen.indexOf('PING')).toBeLessThan(50)
})

test('short work keeps its turn', () => {
  expect(new Turn().isOver).toBe(false)
})

function work(): void {
  const until = performance.now() + 2
  while (performance.now() < until);
}
