import { messageOf } from '@tickhouse/runtime'
import { fail, type Judgement, ok, skipped } from './finding.ts'
import type { Installation } from './installation.ts'

const patienceMs = 5_000

/** Whether Kafka answers. */
export async function reachKafka({ bus, brokers }: Installation): Promise<Judgement> {
  if (bus === undefined) return skipped('KAFKA_BROKERS is not set, and no start runs')
  return reach(`Kafka at ${brokers.join(', ')}`, 'KAFKA_BROKERS=host:port,…, or start it', signal => bus.topics.plan([], signal))
}

/** Whether QuestDB answers a query. */
export async function reachQuestdb({ store }: Installation): Promise<Judgement> {
  if (store === undefined) return skipped('QDB_CLIENT_CONF is not set, and no start runs')
  return reach(`QuestDB at ${store.address}`, 'QDB_CLIENT_CONF="http::addr=host:port;", or start it', signal =>
    store.query('SELECT 1', signal),
  )
}

async function reach(name: string, mend: string, ask: (signal: AbortSignal) => Promise<unknown>): Promise<Judgement> {
  try {
    await ask(AbortSignal.timeout(patienceMs))
    return ok(`${name} answers`)
  } catch (error) {
    const reason = (error as Error).name === 'TimeoutError' ? `not within ${patienceMs / 1000} s` : messageOf(error)
    return fail(`${name} does not answer: ${reason}`, mend)
  }
}
