import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf } from '@tickhouse/runtime'
import { questdbAddress } from '@tickhouse/stack'
import type { PrivateServers, ServerPorts } from './private-server.ts'
import { freePorts, type ServerKind, startServers } from './private-servers.ts'
import { say } from './server-kind.ts'
import type { SharedPairs, SharedServers } from './servers.ts'

/**
 * A Kafka and a QuestDB for each lane of test files. A pair is started when the first file of its lane asks for it: servers that nobody uses take processor
 * time from the tests that run.
 */
export async function openSharedPairs(kind: ServerKind, lanes: number): Promise<{ shared: SharedPairs; close(): Promise<void> }> {
  const ports: ServerPorts[] = []
  for (let lane = 0; lane < lanes; lane++) ports.push(await freePorts())
  const started = new Map<number, Promise<PrivateServers>>()
  const start = (lane: number) => {
    say(`starting Kafka and QuestDB ${lane + 1} of at most ${lanes} ${kind.kind === 'docker' ? 'as containers' : 'as local processes'} …`)
    return startServers(kind, ports[lane]!)
  }
  const answer = async ({ url }: IncomingMessage, response: ServerResponse) => {
    const lane = Number(url!.slice(1))
    if (!started.has(lane)) started.set(lane, start(lane))
    await started.get(lane)!.then(
      () => response.end(),
      error => response.writeHead(500).end(messageOf(error)),
    )
  }
  const starter = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(starter, 'listening')
  const close = async () => {
    starter.close()
    const pairs = await Promise.allSettled(started.values())
    await Promise.all(
      pairs.map(async pair => {
        if (pair.status === 'fulfilled') await Promise.all([pair.value.kafka.close(), pair.value.questdb.close()])
      }),
    )
  }
  return { shared: { pairs: ports.map(addressesOf), starter: `http://127.0.0.1:${(starter.address() as AddressInfo).port}` }, close }
}

function addressesOf({ kafka, questdb }: ServerPorts): SharedServers {
  const { configurationString, httpUrl } = questdbAddress(questdb)
  return { brokers: `127.0.0.1:${kafka.broker}`, questdb: configurationString, httpUrl }
}
