import { healthOf, type ProcessHealth, processesOf, titled } from '@tickhouse/page'
import { messageOf } from '@tickhouse/runtime'
import { type Check, fail, type Installation, type Judgement, ok, skipped } from './check.ts'

/** Judges the processes of the running start in a folder, or those that the environment names. */
export function judgeProcesses(processes: readonly ProcessHealth[], data: string | undefined): Judgement[] {
  const ill = processes.filter(({ health }) => health !== 'ready')
  if (ill.length === 0) return [ok(`ready: ${processes.map(({ process }) => process).join(', ')}`)]
  return ill.map(({ process, health }) => fail(`${process}: ${health}`, data === undefined ? elsewhere : mendOf(process, health, data)))
}

const elsewhere = 'start it where it runs, or see what its log says'

function mendOf(process: string, health: string, data: string): string {
  return health === 'gone' ? `tickhouse start --data ${data}` : `less ${logFile(process, data)}`
}

/** The servers keep their logs beside their data. */
function logFile(process: string, data: string): string {
  return ['kafka', 'questdb'].includes(process) ? `${data}/${process}/${process}.log` : `${data}/logs/${process}.log`
}

/** The processes that are known. */
export const processesCheck: Check = {
  name: 'processes',
  needs: ['services'],
  look: async ({ services, collectors, data }) => {
    const healths = await Promise.all(processesOf(services!).map(healthOf))
    return judgeProcesses(titled(healths, collectors), services!.run && data)
  },
}

const timeoutMs = 5_000

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
    await ask(AbortSignal.timeout(timeoutMs))
    return ok(`${name} answers`)
  } catch (error) {
    const reason = (error as Error).name === 'TimeoutError' ? `not within ${timeoutMs / 1000} s` : messageOf(error)
    return fail(`${name} does not answer: ${reason}`, mend)
  }
}
