import type { Command } from 'commander'
import { serviceVerb } from '../service-verb.ts'

/** `tickhouse sink`: the sink alone, in the foreground. */
export function sink(): Command {
  return serviceVerb({
    verb: 'sink',
    service: 'sink',
    description: 'Run the sink alone: from Kafka to QuestDB',
    examples: ['KAFKA_BROKERS=localhost:9092 QDB_CLIENT_CONF="http::addr=localhost:9000;" tickhouse sink'],
  })
}
