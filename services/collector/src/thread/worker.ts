import { connectBus, kafkaOptions } from '@tickhouse/bus'
import { publishInThread } from './publishing-thread.ts'

// The publishing thread of a collector: `PublisherHandle` starts it.
await publishInThread(({ config, log, registry }) =>
  connectBus({ ...kafkaOptions(config), clientId: `tickhouse-collector-${config.collector}`, log, registry }),
)
process.exit()
