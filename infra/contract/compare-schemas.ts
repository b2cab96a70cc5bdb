import { type JsonSchema, unitKeyword } from '@tickhouse/catalogue'
import type { ContractRule } from './rules.ts'

/** Something that a reader of yesterday's records, or with yesterday's schema, would stumble over. */
export interface SchemaDifference {
  readonly rule: ContractRule
  /** `price`, `asks[]` for the elements of a list, '' for the record itself. */
  readonly member: string
  /** What was and what is, as a sentence goes on after "in 0.1.0". */
  readonly was: string
  readonly is: string
}

/** Keywords that say nothing about which records are valid, and those that are compared by rules of their own. */
const annotations = ['$schema', '$id', '$comment', 'title', 'description', 'examples', 'deprecated', unitKeyword]
const ruled = ['type', 'enum', 'properties', 'required', 'items', 'additionalProperties']

/**
 * How a schema differs from a released one in what readers rely on. Both ways must hold: today's schema takes yesterday's records, which stay in
 * Kafka for weeks, and yesterday's decoder takes today's. So a member keeps its type, its unit and its bounds; only optional members and codes
 * of open lists are added.
 */
export function compareSchemas(released: JsonSchema, current: JsonSchema, member = ''): SchemaDifference[] {
  const [was, is] = [typeOf(released), typeOf(current)]
  if (was !== is) return [{ rule: 'type', member, was, is }]
  return [
    ...compareUnits(released, current, member),
    ...compareCodes(released, current, member),
    ...compareMembers(released, current, member),
    ...compareElements(released, current, member),
    ...compareBounds(released, current, member),
  ]
}

/** The types of JSON that a schema allows, in words. */
function typeOf(schema: JsonSchema): string {
  const { type, enum: values, anyOf } = schema
  if (type !== undefined) return [type].flat().sort().join(' or ')
  if (Array.isArray(values)) return [...new Set(values.map(value => typeof value))].sort().join(' or ')
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(typeOf))].sort().join(' or ')
  return 'anything'
}

/** A unit may be added where none was named, and never change. */
function compareUnits(released: JsonSchema, current: JsonSchema, member: string): SchemaDifference[] {
  const [was, is] = [unitOf(released), unitOf(current)]
  return was === undefined || was === is ? [] : [{ rule: 'unit', member, was, is: is ?? 'not named' }]
}

/** Release 0.1.0 named it in brackets at the end of the description. */
function unitOf(schema: JsonSchema): string | undefined {
  const unit = schema[unitKeyword]
  if (unit !== undefined) return [unit].flat().join(', ')
  if (!/number|integer/.test(typeOf(schema))) return undefined
  return / \((\w+)\)$/.exec(String(schema['description'] ?? ''))?.[1]
}

/** The values that a schema names, and whether it takes others. */
interface Codes {
  readonly values: readonly unknown[]
  readonly isOpen: boolean
}

/** Codes are never taken away; they are added where readers were told that more may come. */
function compareCodes(released: JsonSchema, current: JsonSchema, member: string): SchemaDifference[] {
  const [before, now] = [codesOf(released), codesOf(current)]
  const removed = before.values.filter(value => !now.values.includes(value))
  const added = now.values.filter(value => !before.values.includes(value))
  const named = (values: readonly unknown[]) => values.map(value => `\`${value}\``).join(', ')
  if (before.isOpen && !now.isOpen) return [{ rule: 'codes', member, was: 'open to any code', is: `only ${named(now.values)}` }]
  if (!before.isOpen && now.isOpen) return [{ rule: 'codes', member, was: `only ${named(before.values)}`, is: 'open to any code' }]
  if (removed.length > 0) return [{ rule: 'codes', member, was: `with ${named(removed)}`, is: 'without' }]
  return before.isOpen || added.length === 0
    ? []
    : [{ rule: 'codes', member, was: `only ${named(before.values)}`, is: `also ${named(added)}` }]
}

function codesOf({ enum: closed, anyOf }: JsonSchema): Codes {
  if (Array.isArray(closed)) return { values: closed, isOpen: false }
  const listed = Array.isArray(anyOf) ? anyOf.find(({ enum: values }) => Array.isArray(values)) : undefined
  return { values: listed?.enum ?? [], isOpen: true }
}

function compareMembers(released: JsonSchema, current: JsonSchema, parent: string): SchemaDifference[] {
  const [before, now] = [membersOf(released), membersOf(current)]
  const [hadToBe, hasToBe] = [requiredIn(released), requiredIn(current)]
  const path = (name: string) => (parent === '' ? name : `${parent}.${name}`)
  return [
    ...Object.keys(before).flatMap(name => {
      const member = path(name)
      if (now[name] === undefined) return [{ rule: 'removed' as const, member, was: 'there', is: 'gone' }]
      return compareSchemas(before[name]!, now[name], member)
    }),
    ...[...new Set([...hadToBe, ...hasToBe])]
      .filter(name => hadToBe.includes(name) !== hasToBe.includes(name) && (now[name] !== undefined || before[name] === undefined))
      .map(name => ({
        rule: 'required' as const,
        member: path(name),
        was: before[name] === undefined ? 'not there' : presence(hadToBe.includes(name)),
        is: presence(hasToBe.includes(name)),
      })),
  ]
}

function presence(isRequired: boolean): string {
  return isRequired ? 'in every record' : 'left out where it is absent'
}

function membersOf({ properties }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (properties ?? {}) as Readonly<Record<string, JsonSchema>>
}

function requiredIn({ required }: JsonSchema): readonly string[] {
  return (required ?? []) as readonly string[]
}

/** The elements of a list, and the members of an object that have no names of their own. */
function compareElements(released: JsonSchema, current: JsonSchema, member: string): SchemaDifference[] {
  return [
    ...compareParts(released['items'], current['items'], `${member}[]`),
    ...compareParts(released['additionalProperties'], current['additionalProperties'], `${member}.*`),
  ]
}

function compareParts(released: unknown, current: unknown, member: string): SchemaDifference[] {
  const [before, now] = [schemaIn(released), schemaIn(current)]
  if (JSON.stringify(before) === JSON.stringify(now)) return []
  if (before !== false && now !== false) return compareSchemas(before, now, member)
  const [was, is] = [before, now].map(part => (part === false ? 'refused' : 'allowed')) as [string, string]
  return [{ rule: 'bounds', member, was, is }]
}

/** What is not said, and `true`, allow anything. */
function schemaIn(part: unknown): JsonSchema | false {
  return part === false ? false : part === undefined || part === true ? {} : (part as JsonSchema)
}

/** Whatever else limits values: `minimum`, `maxItems`, and keywords that no schema of ours has yet. */
function compareBounds(released: JsonSchema, current: JsonSchema, member: string): SchemaDifference[] {
  const keywords = new Set([...Object.keys(released), ...Object.keys(current)].filter(name => ![...annotations, ...ruled].includes(name)))
  return [...keywords]
    .map(name => ({ name, was: limitOf(released, name), is: limitOf(current, name) }))
    .filter(({ was, is }) => was !== is)
    .map(({ name, was, is }) => ({ rule: 'bounds', member, was: said(name, was), is: said(name, is) }))
}

/** A keyword as text; of alternatives only what is no list of codes, which has a rule of its own. */
function limitOf(schema: JsonSchema, name: string): string | undefined {
  const value = schema[name]
  if (name !== 'anyOf' || !Array.isArray(value)) return JSON.stringify(value)
  const others = value.filter(part => !Array.isArray(part.enum) && JSON.stringify(part) !== '{"type":"string"}')
  return others.length === 0 ? undefined : JSON.stringify(others)
}

function said(name: string, value: string | undefined): string {
  return value === undefined ? `without ${name}` : `${name} ${value}`
}
