import { connectBus, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { Checkpoint, checkpointPath } from '@tickhouse/journal'
import { delay, grouped, loadConfig, runService, TickhouseError, tellParent } from '@tickhouse/runtime'
import { publish } from './collect.ts'
import { configSpec } from './config.ts'
import { openWhenFree } from './journal/storage.ts'
import { journalStart, type PublishPoint } from './publish/publish-point.ts'
import { Publishing } from './publish/publishing.ts'

const { journalDirectory, lingerMs } = configSpec('simulator')
const tellEveryMs = 500

/**
 * Publishes a journal that nobody writes any more, and ends when Kafka has all of it. What a checkpoint says counts for nothing, since it may be of another Kafka: the
 * topics are looked at, and what they hold is not published again.
 */
await runService('publisher', async ({ env, log, lifecycle, registry }) => {
  const config = loadConfig({ ...kafkaSettings, journalDirectory, lingerMs }, env)
  const directory = config.journalDirectory
  const journal = lifecycle.own('journal', await openWhenFree({ directory, log, onLoss: () => {} }, lifecycle.signal))
  const checkpoint = lifecycle.own('checkpoint', await Checkpoint.open<PublishPoint>({ path: checkpointPath(directory), log }))
  checkpoint.moveTo(journalStart)
  const bus = connectBus({ ...kafkaOptions(config), clientId: 'tickhouse-publisher', log, registry })
  const observer = { received: () => {}, found: () => {}, normalized: () => {}, acknowledged: () => {} }
  const publishing = new Publishing({ journal, checkpoint, bus, log, lingerMs: config.lingerMs, observer })
  lifecycle.run('publishing', signal => publish(publishing, signal))
  await untilPublished(publishing, lifecycle.signal)
  tellParent(() => 'it is all in Kafka; compressing it')
  await journal.compress(journal.end, 'all')
  lifecycle.stop('everything is published')
})

/** Resolves when Kafka has everything. Throws TOPIC_REFUSES when a topic takes nothing while others do. */
async function untilPublished(publishing: Publishing, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { problem, lag, held } = publishing
    tellParent(() => (problem === undefined ? `${grouped(lag.records)} entries are still to be published` : problem))
    const [first] = held
    if (first !== undefined) throw new TickhouseError('TOPIC_REFUSES', `The topic of ${first.dataset} refuses: ${first.reason}`)
    if (problem === undefined && lag.records === 0) return
    await delay(tellEveryMs, signal)
  }
}
