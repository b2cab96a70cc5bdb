import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import Ajv from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '../src/generate/files.ts'
import { conditions, dictionary, entities, tableDefinitions } from '../src/index.ts'

const folder = join(import.meta.dirname, '..', 'generated')

describe('the generated files', () => {
  it('are what the catalogue says', () => {
    for (const [path, text] of generatedFiles())
      expect(readFileSync(join(folder, path), 'utf8'), `${path}: run npm run generate`).toBe(text)
  })

  it('hold a valid JSON Schema for each dataset', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
    for (const { name } of entities)
      expect(() => ajv.compile(JSON.parse(generatedFiles().get(`schemas/${name}.v1.json`)!)), name).not.toThrow()
  })

  it('hold an AsyncAPI document that the AsyncAPI 3 schema accepts', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json')
    const ajv = new (Ajv as unknown as typeof Ajv.default)({ strict: false, meta: false, validateSchema: false })
    ;(addFormats as unknown as typeof addFormats.default)(ajv)
    const valid = ajv.compile(schema)
    const document = JSON.parse(generatedFiles().get('asyncapi.json')!)
    valid(document)
    expect(valid.errors).toBeNull()
    expect(Object.keys(document.channels)).toHaveLength(23)
  })

  it('create tables that QuestDB deduplicates', () => {
    const sql = generatedFiles().get('tables.sql')!
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
