import type { GroupReader } from '@tickhouse/bus'
import type { Lanes } from './store/lanes.ts'

/**
 * From Kafka to QuestDB: what each fetch brings goes into the lanes of its tables, which store it and commit what is stored. Ends when `signal` aborts and what
 * is under way is done.
 */
export async function drain(reader: Pick<GroupReader, 'polls'>, lanes: Lanes, signal: AbortSignal): Promise<void> {
  const stop = AbortSignal.any([signal, lanes.failed])
  for await (const poll of reader.polls(stop)) {
    lanes.read(poll)
    await lanes.pause(stop)
    if (lanes.failed.aborted) break
  }
  await lanes.close()
}
