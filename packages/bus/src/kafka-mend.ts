import { createRequire } from 'node:module'

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(this: RequestQueue): void
}

const mended = Symbol.for('tickhouse.bus.idle-polling-mended')

/**
 * Keeps kafkajs 2.2.4 from waking up every millisecond on every connection: after its first answer a connection checks an empty
 * queue for ever, with a negative delay that Node.js 24 warns about (github.com/tulios/kafkajs/issues/1751). With this, it only
 * schedules a check while something waits. Its internals are reached by path; the version is pinned, and a test holds both.
 */
export function mendIdlePolling(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  if (mended in prototype) return
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
  Object.defineProperty(prototype, mended, { value: true })
}
