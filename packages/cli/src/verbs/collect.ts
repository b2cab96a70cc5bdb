import type { Command } from 'commander'
import { serviceVerb } from '../service-verb.ts'

/** `tickhouse collect`: the collector alone, in the foreground. */
export function collect(): Command {
  return serviceVerb({
    verb: 'collect',
    service: 'collector',
    description: 'Run the collector alone: from the venue to Kafka',
    examples: [
      'KIWOOM_ENV=mock KIWOOM_APP_KEY_FILE=app.key KIWOOM_SECRET_KEY_FILE=secret.key KAFKA_BROKERS=localhost:9092 JOURNAL_DIR=./journal tickhouse collect',
    ],
  })
}
