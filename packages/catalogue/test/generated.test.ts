import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { frameFixtures } from '@tickhouse/testkit'
import Ajv from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '../src/generate/files.ts'
import {
  conditions,
  deadLetterReasons,
  dictionary,
  entities,
  gapReasons,
  recordSchemas,
  tableDefinitions,
  unitKeyword,
} from '../src/index.ts'

const folder = join(import.meta.dirname, '..', 'generated')
const files = generatedFiles(new Map(frameFixtures().map(({ name, text }) => [name, text])))

describe('the generated files', () => {
  it('are what the catalogue says', () => {
    for (const [path, text] of files) expect(readFileSync(join(folder, path), 'utf8'), `${path}: run npm run generate`).toBe(text)
  })

  it('hold a valid JSON Schema for each dataset', () => {
    for (const { name } of entities) expect(() => schemaAjv().compile(schemaOf(name)), name).not.toThrow()
  })

  it('hold an AsyncAPI document that the AsyncAPI 3 schema accepts', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json')
    const ajv = new (Ajv as unknown as typeof Ajv.default)({ strict: false, meta: false, validateSchema: false })
    ;(addFormats as unknown as typeof addFormats.default)(ajv)
    const valid = ajv.compile(schema)
    const document = JSON.parse(files.get('asyncapi.json')!)
    valid(document)
    expect(valid.errors).toBeNull()
    expect(Object.keys(document.channels)).toHaveLength(23)
  })

  it('hold an example for each topic that its schema accepts, and of a session its beginning and its end', () => {
    const { channels } = JSON.parse(files.get('asyncapi.json')!) as { channels: Record<string, Channel> }
    const examples = Object.entries(channels).flatMap(([name, { messages }]) =>
      messages.record.examples.map(({ payload }) => ({ name, payload })),
    )
    for (const { name, payload } of examples) {
      const ajv = schemaAjv()
      expect(ajv.validate(schemaOf(name), payload), `${name}: ${ajv.errorsText()}`).toBe(true)
    }
    expect([...new Set(examples.map(({ name }) => name))].sort()).toEqual(entities.map(({ name }) => name).sort())
    expect(examples.flatMap(({ name, payload }) => (name === 'feed_session' ? [payload['event']] : []))).toEqual(['open', 'close'])
    expect(JSON.stringify(examples)).not.toMatch(/"account":"\d/)
  })

  it('create tables that QuestDB deduplicates', () => {
    const sql = files.get('tables.sql')!
    expect(sql.match(/CREATE TABLE/g)).toHaveLength(tableDefinitions.length)
    expect(sql).toContain('DEDUP UPSERT KEYS(timestamp, symbol, venue, session, seq);')
  })
})

describe('what the dictionary says', () => {
  it('names every code of our own, and the units of our own figures', () => {
    const rowOf = (dataset: string, column: string) => dictionary().find(row => row.dataset === dataset && row.column === column)!
    expect(Object.keys(rowOf('feed_gap', 'reason').legend!)).toContain('volume_missing')
    expect(Object.keys(rowOf('dead_letter', 'reason').legend!)).toContain('refused_by_store')
    expect(Object.keys(rowOf('data_condition', 'condition').legend!).sort()).toEqual([...conditions].sort())
    expect([rowOf('data_condition', 'gap_seconds').unit, rowOf('data_condition', 'missing_shares').unit]).toEqual(['second', 'share'])
  })

  it('is for readers of the data: no file of the research, no leftover of a template, no word without its context', () => {
    const texts = dictionary().flatMap(({ dataset, column, description, note, legend }) =>
      [description, note, ...Object.values(legend ?? {})].flatMap(text => (text === null ? [] : [`${dataset}.${column}: ${text}`])),
    )
    const leftovers =
      /\.(tsv|md|csv|py|json)\b|doc_note|template|C#|\bPDF\b|venue facts|user (test|interpretation)|\bone note\b|\ba a\b|\bthe a\b/i
    expect(texts.filter(text => leftovers.test(text))).toEqual([])
    expect(texts.filter(text => /\. [a-z]/.test(text))).toEqual([])
  })
})

describe('a schema', () => {
  it('names the unit of each number that has one', () => {
    /** Numbers that count nothing but places, and one whose evidence names its unit. */
    const withoutUnit = ['seq', 'missing', 'topic_partition', 'topic_offset', 'journal_segment', 'journal_offset']
    const nameless = recordSchemas().flatMap(({ schema }) =>
      Object.entries(schema['properties'] as Properties).filter(([, member]) => isNumeric(member) && member[unitKeyword] === undefined),
    )
    expect([...new Set(nameless.map(([name]) => name))].sort()).toEqual(withoutUnit.sort())
    expect(memberOf('trade', 'timestamp')[unitKeyword]).toBe('epoch_us')
    expect(memberOf('order_book', 'asks')[unitKeyword]).toEqual(['KRW', 'share', 'share'])
  })

  it('lists the codes that are known, and takes others', () => {
    for (const [dataset, reasons] of [
      ['feed_gap', gapReasons],
      ['dead_letter', deadLetterReasons],
    ] as const) {
      expect(memberOf(dataset, 'reason')['anyOf']).toEqual([{ enum: Object.keys(reasons) }, { type: 'string' }])
      expect(schemaAjv().validate(memberOf(dataset, 'reason'), 'a_reason_of_tomorrow')).toBe(true)
    }
    expect(memberOf('trade', 'price_change_sign')['description']).toContain('Codes: `1` upper limit, `2` up')
  })

  it('takes members that it does not know, and says of what is absent that it is left out', () => {
    for (const { entity, schema } of recordSchemas()) {
      expect(schema['additionalProperties'], entity.name).toBe(true)
      const descriptions = Object.values(schema['properties'] as Properties).map(({ description }) => description)
      expect(descriptions.filter(text => /\bnull\b/.test(String(text)))).toEqual([])
    }
    expect(memberOf('feed_gap', 'types')['description']).toBe('Types concerned, separated by commas; left out for all')
  })
})

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>>>>

interface Channel {
  readonly messages: { readonly record: { readonly examples: readonly { readonly payload: Readonly<Record<string, unknown>> }[] } }
}

/** As strict as it gets, but for the one keyword that is ours. */
function schemaAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
  ajv.addVocabulary([unitKeyword])
  return ajv
}

function schemaOf(name: string): { readonly properties: Properties } {
  return JSON.parse(files.get(`schemas/${name}.v1.json`)!)
}

function memberOf(dataset: string, member: string) {
  return schemaOf(dataset).properties[member]!
}

/** True for numbers and for lists of them. */
function isNumeric({ type, items }: Readonly<Record<string, unknown>>): boolean {
  return [type].flat().some(one => one === 'number' || one === 'integer') || (items !== undefined && isNumeric(items as Properties[string]))
}
