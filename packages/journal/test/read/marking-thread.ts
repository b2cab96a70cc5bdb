import { parentPort, workerData } from 'node:worker_threads'
import { JournalMark } from '../../src/read/mark.ts'

// Moves a mark as fast as it can, every number of it being the same, until it is told to stop.
const mark = new JournalMark(workerData as SharedArrayBuffer)
let isOver = false
parentPort!.once('message', () => {
  isOver = true
})
let number = 0
const move = () => {
  for (let count = 0; count < 1_000; count++) {
    number += 1
    const position = { segment: number, offset: number }
    mark.move({ appendedEntries: number, appendedBytes: number, end: position, written: position })
  }
  if (!isOver) setImmediate(move)
}
move()
