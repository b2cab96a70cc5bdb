import { accessRules } from '../access.ts'
import { entities } from '../entities.ts'
import { tableDefinitions } from '../tables.ts'
import { views } from '../views/index.ts'
import { asyncApi } from './asyncapi.ts'
import { ddlOf, ddlOfView } from './ddl.ts'
import { dictionary, dictionaryMarkdown } from './dictionary.ts'
import { examplesOf } from './examples.ts'
import { recordSchemas, schemaFile } from './schema.ts'

/** Everything that is derived from the catalogue: path below `generated/` → text. Examples are made from the venue's frames, by name. */
export function generatedFiles(frames: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([
    ['tables.sql', tableDefinitions.map(ddlOf).join('\n')],
    ['views.sql', views.map(ddlOfView).join('\n')],
    ['topics.json', json(entities.map(({ topic }) => topic))],
    ['access.json', json(accessRules())],
    ['asyncapi.json', json(asyncApi(examplesOf(frames)))],
    ['dictionary.json', json(dictionary())],
    ['dictionary.md', dictionaryMarkdown()],
    ...recordSchemas().map(({ entity, schema }) => [schemaFile(entity), json(schema)] as const),
  ])
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
