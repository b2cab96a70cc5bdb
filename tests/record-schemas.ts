import type { Bus } from '@tickhouse/bus'
import { type DataRecord, entities, entityOfTopic } from '@tickhouse/catalogue'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { contractIn, generatedFolder, releasedContracts } from '../infra/contract/contract.ts'

/** A record that stands in a topic. */
export interface FoundRecord {
  readonly dataset: string
  readonly record: DataRecord
}

/** The records of some sessions in all topics. */
export async function recordsOfSessions(bus: Bus, sessions: ReadonlySet<string>): Promise<FoundRecord[]> {
  const found: FoundRecord[] = []
  await bus.scan(
    entities.map(({ topic }) => topic.name),
    ({ topic, value }) => {
      const record = JSON.parse(value!.toString()) as DataRecord
      if (sessions.has(record.session)) found.push({ dataset: entityOfTopic(topic)!.name, record })
    },
  )
  return found
}

/** Where records are not what their schemas say, those of this tree and those of each release: readers have one or the other. */
export function schemaProblems(records: readonly FoundRecord[]): string[] {
  return [...releasedContracts(), contractIn(generatedFolder, 'this tree')].flatMap(({ version, topics }) => {
    const ajv = new Ajv2020({ strict: false })
    for (const { schema } of topics) ajv.addSchema(schema, String(schema['title']))
    return records.flatMap(({ dataset, record }) => {
      if (ajv.getSchema(dataset) === undefined || ajv.validate(dataset, record)) return []
      return [`${dataset} ${record.session} ${record.seq}, by the schema of ${version}: ${ajv.errorsText()}`]
    })
  })
}
