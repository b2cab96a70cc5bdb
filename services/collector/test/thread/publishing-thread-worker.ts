import { type Bus, BusError } from '@tickhouse/bus'
import { publishInThread } from '../../src/thread/publishing-thread.ts'
import { MemoryBus } from '../publish/memory-bus.ts'

// A publishing thread with topics in memory; what goes wrong in it stands in place of the broker's name.
const kept: unknown[] = []
const troubles: Readonly<Record<string, (bus: MemoryBus) => void>> = {
  none: () => {},
  forbidden: bus => {
    bus.readFrom = () => Promise.reject(new BusError('BUS_NOT_ALLOWED', 'Reading the topics is not allowed'))
  },
  bug: bus => {
    bus.onPublish = () => {
      setImmediate(() => {
        throw new Error('a bug of ours')
      })
      return undefined
    }
  },
  hang: bus => {
    bus.onPublish = () => {
      for (;;);
    }
  },
  greed: bus => {
    bus.onPublish = () => {
      for (;;) kept.push(new Array(10_000).fill(kept.length))
    }
  },
}
await publishInThread(({ config }) => {
  const bus = new MemoryBus()
  troubles[config.brokers[0]!.split(':')[0]!]!(bus)
  return bus as unknown as Bus
})
process.exit()
