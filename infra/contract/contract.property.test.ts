import type { JsonSchema } from '@tickhouse/catalogue'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { breachesOf } from './compare.ts'
import { type Contract, releasedContracts, type TopicContract } from './contract.ts'
import type { ContractRule } from './rules.ts'

const [released] = releasedContracts() as [Contract]
const ajv = new Ajv2020({ strict: false, validateFormats: false })

type Properties = Readonly<Record<string, JsonSchema>>
/** Makes another topic of one; undefined where it has nothing that could be changed so. */
type Edit = (topic: TopicContract) => TopicContract | undefined

/** Lets a member become another one, or none. */
function editMember(name: string, edit: (member: JsonSchema) => JsonSchema | undefined): Edit {
  return topic => {
    const { [name]: member, ...others } = topic.schema['properties'] as Properties
    const edited = member && edit(member)
    return withProperties(topic, edited === undefined ? others : { ...others, [name]: edited })
  }
}

function withProperties(topic: TopicContract, properties: Properties): TopicContract {
  return { ...topic, schema: { ...topic.schema, properties } }
}

const anyTopic = fc.constantFrom(...released.topics)
const newName = fc.stringMatching(/^new_[a-z]{1,12}$/)
const newMember = fc.constantFrom<JsonSchema>(
  { type: 'number', 'x-unit': 'KRW' },
  { type: 'string' },
  { type: 'array', items: { type: 'string' } },
  { type: 'object', additionalProperties: { type: 'number' } },
)

function memberOf(topic: TopicContract, isMeant: (member: JsonSchema) => boolean = () => true): fc.Arbitrary<string | undefined> {
  const names = Object.entries(topic.schema['properties'] as Properties).flatMap(([name, member]) => (isMeant(member) ? [name] : []))
  return fc.constantFrom(...(names.length === 0 ? [undefined] : names))
}

/** Edits that readers do not notice. */
function compatibleEdits(topic: TopicContract): fc.Arbitrary<Edit> {
  return fc.oneof(
    fc.tuple(newName, newMember).map(
      ([name, member]): Edit =>
        other =>
          withProperties(other, { ...(other.schema['properties'] as Properties), [name]: member }),
    ),
    fc.tuple(memberOf(topic), fc.string()).map(([name, description]) => editMember(name!, member => ({ ...member, title: description }))),
    memberOf(topic, ({ type, enum: codes }) => type === 'string' && codes === undefined).map(name =>
      name === undefined
        ? (same: TopicContract) => same
        : editMember(name, member => ({ ...member, anyOf: [{ enum: ['A', 'B'] }, { type: 'string' }] })),
    ),
    fc.nat({ max: 1_000 }).map(
      (days): Edit =>
        other => ({ ...other, retentionMs: other.retentionMs + days }),
    ),
    fc.constant<Edit>(other => {
      const entries = Object.entries(other.schema['properties'] as Properties)
      return withProperties(other, Object.fromEntries(entries.toReversed()))
    }),
  )
}

/** Each kind of edit that breaks readers, with the rule that must be named. */
function breakingEdits(topic: TopicContract): fc.Arbitrary<{ rule: ContractRule; member: string; edit: Edit }> {
  const of = (rule: ContractRule, isMeant: (member: JsonSchema) => boolean, edit: (member: JsonSchema) => JsonSchema | undefined) =>
    memberOf(topic, isMeant).map(name => ({
      rule,
      member: name ?? '',
      edit: name === undefined ? () => undefined : editMember(name, edit),
    }))
  const any = () => true
  const isNumber = ({ type }: JsonSchema) => type === 'number' || type === 'integer'
  const ofTopic = (rule: ContractRule, edit: Edit) => fc.constant({ rule, member: '', edit })
  return fc.oneof(
    of('removed', any, () => undefined),
    of('type', isNumber, member => ({ ...member, type: 'string' })),
    of(
      'type',
      ({ type }) => type === 'number',
      member => ({ ...member, type: 'integer' }),
    ),
    of('type', isNumber, member => ({ ...member, type: [member['type'], 'null'] })),
    of(
      'codes',
      ({ enum: codes }) => codes !== undefined,
      member => ({ ...member, enum: [...(member['enum'] as string[]), 'other'] }),
    ),
    of(
      'codes',
      ({ enum: codes }) => codes !== undefined,
      member => ({ ...member, enum: (member['enum'] as string[]).slice(1) }),
    ),
    of(
      'codes',
      ({ type, enum: codes }) => type === 'string' && codes === undefined,
      member => ({ ...member, enum: ['only'] }),
    ),
    of(
      'unit',
      ({ description }) => / \(KRW\)$/.test(String(description)),
      member => ({ ...member, 'x-unit': 'USD' }),
    ),
    of('bounds', isNumber, member => ({ ...member, multipleOf: 5 })),
    newName.map(member => ({ rule: 'required' as const, member, edit: addRequired(member) })),
    memberOf(topic, any).map(name => ({ rule: 'required' as const, member: name!, edit: flipRequired(name!) })),
    ofTopic('key', other => ({ ...other, key: { ...other.key, description: 'The session' } })),
    ofTopic('partitions', other => ({ ...other, partitions: other.partitions + 1 })),
    ofTopic('retention', other => ({ ...other, retentionMs: topic.retentionMs - 1 })),
    ofTopic('topic', other => ({ ...other, name: other.name.replace('.v1', '.v2') })),
  )
}

function addRequired(name: string): Edit {
  return topic => {
    const { schema } = withProperties(topic, { ...(topic.schema['properties'] as Properties), [name]: { type: 'string' } })
    return { ...topic, schema: { ...schema, required: [...(schema['required'] as string[]), name] } }
  }
}

function flipRequired(name: string): Edit {
  return topic => {
    const required = topic.schema['required'] as string[]
    const flipped = required.includes(name) ? required.filter(other => other !== name) : [...required, name]
    return { ...topic, schema: { ...topic.schema, required: flipped } }
  }
}

/** The contract with one topic in the place of another. */
function contractWith(topic: TopicContract, edited: TopicContract): Contract {
  return { version: 'now', topics: released.topics.map(other => (other === topic ? edited : other)) }
}

const edited = anyTopic.chain(topic =>
  fc.array(compatibleEdits(topic), { maxLength: 6 }).map(edits => ({ topic, now: edits.reduce((one, edit) => edit(one)!, topic) })),
)

it('any compatible edits pass', () => {
  fc.assert(
    fc.property(edited, ({ topic, now }) => {
      expect(breachesOf(contractWith(topic, now), [released])).toEqual([])
    }),
  )
})

it('what passes is read both ways: the new schema takes old records, and the old schema new ones', () => {
  fc.assert(
    fc.property(
      edited.chain(({ topic, now }) => fc.tuple(fc.constant([topic.schema, now.schema]), recordOf(topic.schema), recordOf(now.schema))),
      ([[old, current], before, after]) => {
        for (const schema of [old!, current!])
          for (const record of [before, after]) expect(ajv.validate(schemaFor(schema), record), ajv.errorsText()).toBe(true)
      },
    ),
    { numRuns: 50 },
  )
})

it('each kind of breaking edit fails by its rule, whatever compatible edits come with it', () => {
  fc.assert(
    fc.property(
      edited.chain(({ topic, now }) => fc.tuple(fc.constant({ topic, now }), breakingEdits(topic))),
      ([{ topic, now }, { rule, member, edit }]) => {
        const broken = edit(now)
        fc.pre(broken !== undefined)
        const breaches = breachesOf(contractWith(topic, broken), [released])
        expect(breaches).toContainEqual(expect.objectContaining({ topic: topic.name, member, rule }))
        for (const { sentence } of breaches) expect(sentence).toContain(member === '' ? topic.name : `${topic.name}, member ${member}`)
      },
    ),
    { numRuns: 300 },
  )
})

/** The schema under a name of its own: Ajv keeps what it compiled by that. */
function schemaFor({ $id: _, ...schema }: JsonSchema): JsonSchema {
  return schema
}

/** Records that a schema of ours describes. */
function recordOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { type, enum: codes, anyOf, properties, required, items, additionalProperties, minItems, maxItems, minimum, maximum } = schema
  if (Array.isArray(codes)) return fc.constantFrom(...codes)
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map(recordOf))
  if (Array.isArray(type)) return fc.oneof(...type.map(one => recordOf({ ...schema, type: one })))
  if (type === 'integer') return fc.integer({ min: (minimum as number) ?? -1e6, max: (maximum as number) ?? 1e6 })
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (type === 'null') return fc.constant(null)
  if (type === 'array')
    return fc.array(recordOf(items as JsonSchema), { minLength: (minItems as number) ?? 0, maxLength: (maxItems as number) ?? 3 })
  if (properties !== undefined) {
    const members = Object.entries(properties as Properties).map(([name, member]) => [name, recordOf(member)] as const)
    return fc.record(Object.fromEntries(members), { requiredKeys: required as string[] })
  }
  if (type === 'object') return fc.dictionary(fc.string({ maxLength: 4 }), recordOf(additionalProperties as JsonSchema), { maxKeys: 3 })
  return fc.string()
}
