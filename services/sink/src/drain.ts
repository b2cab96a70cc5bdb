import type { RoundReader } from '@tickhouse/bus'
import type { Lanes } from './lanes.ts'

/**
 * From Kafka to QuestDB: what each fetch brings goes into the lanes of its tables, which store it and commit what is stored. Ends when `signal` aborts and what
 * is under way is done.
 */
export async function drain(reader: Pick<RoundReader, 'rounds'>, lanes: Lanes, signal: AbortSignal): Promise<void> {
  const stop = AbortSignal.any([signal, lanes.failed])
  for await (const round of reader.rounds(stop)) {
    lanes.read(round)
    await lanes.pause(stop)
    if (lanes.failed.aborted) break
  }
  await lanes.close()
}
