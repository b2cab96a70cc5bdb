import { getHeapStatistics } from 'node:v8'
import { maxContentBytes, maxHeldBytes } from '@tickhouse/journal'
import type { Logger } from '@tickhouse/runtime'
import type { CollectorConfig } from '../config.ts'
import { tailBytes } from '../journal/storage.ts'
import { maxEarlyBytes } from '../session/capture.ts'
import { maxFrameBytes } from '../session/connection.ts'
import { maxHeap } from '../thread/publisher-handle.ts'

const mebibyte = 1024 * 1024

/**
 * What a collector takes of memory at most, in bytes, by what takes it: none of it grows with what the venue sends. `heapBytes` is the limit of the main thread's
 * heap, in which texts and objects are; the publishing thread has one of its own. Everything else here are buffers beside them.
 */
function memoryBounds({ pendingMebibytes }: Pick<CollectorConfig, 'pendingMebibytes'>, heapBytes: number) {
  const publishingBytes = publishingHeap(heapBytes)
  return {
    /** Node.js itself. */
    program: 64 * mebibyte,
    /** Texts and objects of capturing. A frame that has to be read here, as it may hold an account, takes 33 MiB of it while it is read. */
    capturing: heapBytes,
    /** Texts and objects of publishing. A frame that is read takes 33 MiB of it while it is read. */
    publishing: publishingBytes,
    /** The reads of the socket, the parts of a message, and the message. */
    socket: 3 * maxFrameBytes,
    early: maxEarlyBytes,
    /** The end of the journal in memory, what is not written included, and one entry beyond it. */
    journal: maxHeldBytes(pendingMebibytes * mebibyte, tailBytes) + maxFrameBytes,
    /** The entry that is published and the one that is read after it. */
    reading: maxContentBytes + mebibyte,
    /** What three brokers answer at the start, when the topics' ends are read, as it came and put together; later the records of two batches, 13 MiB, and a request of 2 MiB with its copies. */
    kafka: 3 * 2 * 8 * mebibyte,
    /** Buffers that nobody uses any more: V8 collects at once when there are more than half of a heap. */
    garbage: (heapBytes + publishingBytes) / 2,
  }
}

/** With `--max-old-space-size` both heaps have the same limit, whatever a thread is started with. */
function publishingHeap(heapBytes: number): number {
  const { oldMebibytes, youngMebibytes } = maxHeap
  return Math.min(heapBytes, (oldMebibytes + 1.5 * youngMebibytes) * mebibyte)
}

/** The sum of the bounds, bytes. */
export function maxMemory(config: Pick<CollectorConfig, 'pendingMebibytes'>, heapBytes: number): number {
  return Object.values(memoryBounds(config, heapBytes)).reduce((sum, bytes) => sum + bytes, 0)
}

/** Says so when the process may be given less memory than it can come to need. */
export function compareMemory(config: CollectorConfig, log: Logger): void {
  const limit = process.constrainedMemory()
  const max = maxMemory(config, getHeapStatistics().heap_size_limit)
  // Without a limit the number is 0, or larger than any machine has.
  if (limit === 0 || limit >= max) return
  log.warn(
    { limitMebibytes: Math.round(limit / mebibyte), mostMebibytes: Math.round(max / mebibyte) },
    'The memory limit is smaller than what this process can come to need: raise it, or lower JOURNAL_PENDING_MB or the heaps (NODE_OPTIONS=--max-old-space-size=66 --max-semi-space-size=4)',
  )
}
