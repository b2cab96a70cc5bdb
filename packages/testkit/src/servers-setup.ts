import type { TestProject } from 'vitest/node'
import { freePorts, type PrivateServers, type ServerKind, startServers } from './private-servers.ts'
import { complain, findLocalServers, findServerKind, say } from './server-kind.ts'
import type { Found, SharedServers } from './servers.ts'

/**
 * Finds a Kafka and a QuestDB for all integration tests of a run: those that KAFKA_BROKERS and QDB_CLIENT_CONF name, else containers, else
 * local Java processes. When there are none it says so and the tests are skipped; with REQUIRE_SERVERS=true the run fails instead.
 * Tests whose servers have settings of their own take local Java processes in any case.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const kind = await findServerKind()
  const given = givenServers(process.env)
  const started = given === undefined && 'found' in kind ? await startShared(kind.found) : undefined
  const shared: Found<SharedServers> = given ? { found: given } : started ? { found: addressesOf(started) } : (kind as { missing: string })
  const local = await findLocalServers(kind)
  if ('missing' in shared) withoutServers(shared.missing)
  else if ('missing' in local) withoutLocalServers(local.missing)
  project.provide('serverKind', kind)
  project.provide('localServers', local)
  project.provide('sharedServers', shared)
  return async () => {
    await Promise.all([started?.kafka.close(), started?.questdb.close()])
  }
}

function givenServers({ KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb }: NodeJS.ProcessEnv): SharedServers | undefined {
  if (!brokers || !questdb) return undefined
  const address = /addr=([^;]+)/.exec(questdb)?.[1]
  say(`using Kafka at ${brokers} and QuestDB at ${address}, as KAFKA_BROKERS and QDB_CLIENT_CONF say`)
  return { brokers, questdb, httpUrl: `${questdb.split('::')[0]}://${address}` }
}

async function startShared(kind: ServerKind): Promise<PrivateServers> {
  say(kind.kind === 'docker' ? 'starting Kafka and QuestDB as containers …' : 'starting Kafka and QuestDB as local processes …')
  const started = await startServers(kind, await freePorts())
  say(`Kafka at ${started.kafka.brokers}, QuestDB at ${started.questdb.httpUrl}`)
  return started
}

function addressesOf({ kafka, questdb }: PrivateServers): SharedServers {
  return { brokers: kafka.brokers, questdb: questdb.configurationString, httpUrl: questdb.httpUrl }
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
