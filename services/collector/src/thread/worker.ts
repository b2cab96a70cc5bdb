import { connectBus, kafkaOptions } from '@tickhouse/bus'
import { publishInThread } from './publish-in-thread.ts'

// The publishing thread of a collector: `PublishingThread` starts it.
await publishInThread(({ config, log, registry }) =>
  connectBus({ ...kafkaOptions(config), clientId: `tickhouse-collector-${config.collector}`, log, registry }),
)
process.exit()
