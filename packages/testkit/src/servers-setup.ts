import type { TestProject } from 'vitest/node'
import { complain, findLocalServers, findServerKind, say } from './server-kind.ts'
import type { Found, SharedPairs } from './servers.ts'
import { openSharedPairs } from './shared-pairs.ts'

/**
 * Finds a Kafka and a QuestDB for the integration tests of a run: those that KAFKA_BROKERS and QDB_CLIENT_CONF name, else containers, else local Java
 * processes, a pair for each file that runs at a time. When there are none it says so and the tests are skipped; with REQUIRE_SERVERS=true the run fails
 * instead. Tests whose servers have settings of their own take local Java processes in any case.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const kind = await findServerKind()
  const given = givenServers(process.env)
  const opened = given === undefined && 'found' in kind ? await openSharedPairs(kind.found, project.config.maxWorkers) : undefined
  const shared: Found<SharedPairs> = given ? { found: given } : opened ? { found: opened.shared } : (kind as { missing: string })
  const local = await findLocalServers(kind)
  if ('missing' in shared) withoutServers(shared.missing)
  else if ('missing' in local) withoutLocalServers(local.missing)
  project.provide('serverKind', kind)
  project.provide('localServers', local)
  project.provide('sharedServers', shared)
  return async () => opened?.close()
}

function givenServers({ KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb }: NodeJS.ProcessEnv): SharedPairs | undefined {
  if (!brokers || !questdb) return undefined
  const address = /addr=([^;]+)/.exec(questdb)?.[1]
  say(`using Kafka at ${brokers} and QuestDB at ${address}, as KAFKA_BROKERS and QDB_CLIENT_CONF say`)
  return { pairs: [{ brokers, questdb, httpUrl: `${questdb.split('::')[0]}://${address}` }] }
}

function withoutServers(reason: string): void {
  if (process.env['REQUIRE_SERVERS'] === 'true') throw new Error(`REQUIRE_SERVERS is set, but ${reason}`)
  complain(
    `NO SERVERS: every test that needs Kafka and QuestDB is SKIPPED, because\n${reason}.\n` +
      'Install Docker, or Java 17 and Maven, or set KAFKA_BROKERS and QDB_CLIENT_CONF.',
  )
}

function withoutLocalServers(reason: string): void {
  complain(
    'NO LOCAL SERVERS: tests of closed servers, of backups, of small limits and of a start without Docker are SKIPPED, because\n' +
      `${reason}.\nInstall Java 17 and Maven.`,
  )
}
