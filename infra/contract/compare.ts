import { topicVersion } from '@tickhouse/catalogue'
import { compareSchemas, type SchemaDifference } from './compare-schemas.ts'
import type { Contract, TopicContract } from './contract.ts'
import { type ContractRule, contractRules } from './rules.ts'

/** A promise to the readers of a topic that would not be kept. */
export interface Breach {
  readonly topic: string
  /** The member concerned; '' where it is the topic itself. */
  readonly member: string
  readonly rule: ContractRule
  /** What was, what is, why that breaks readers, and what to do. */
  readonly sentence: string
}

/** What the contract breaks of any released one. Readers may be as old as the oldest of them, so each is compared. */
export function breachesOf(current: Contract, releases: readonly Contract[]): Breach[] {
  const breaches = releases.flatMap(release => release.topics.flatMap(topic => breachesOfTopic(topic, release, { current, releases })))
  const seen = new Set<string>()
  return breaches.filter(({ topic, member, rule }) => {
    const id = `${topic} ${member} ${rule}`
    return !seen.has(id) && seen.add(id)
  })
}

interface Compared {
  readonly current: Contract
  readonly releases: readonly Contract[]
}

function breachesOfTopic(released: TopicContract, { version }: Contract, compared: Compared): Breach[] {
  const topic = topicIn(compared.current, released.name)
  const differences =
    topic === undefined ? endOf(released, compared) : [...compareTopics(released, topic), ...compareSchemas(released.schema, topic.schema)]
  return differences.map(difference => breachOf(released.name, version, difference))
}

/** A topic ends when the next version of it stood beside it in a release, so that readers had the time to move. */
function endOf({ name }: TopicContract, { current, releases }: Compared): SchemaDifference[] {
  const isSuccessor = (topic: TopicContract) => stemOf(topic.name) === stemOf(name) && numberOf(topic.name) > numberOf(name)
  const wasBeside = releases.some(release => topicIn(release, name) !== undefined && release.topics.some(isSuccessor))
  if (wasBeside && current.topics.some(isSuccessor)) return []
  return [{ rule: 'topic', member: '', was: 'there', is: current.topics.find(isSuccessor)?.name ?? 'gone' }]
}

function compareTopics(released: TopicContract, current: TopicContract): SchemaDifference[] {
  const differences: (Omit<SchemaDifference, 'member'> & { readonly isKept: boolean })[] = [
    changed('key', keyText(released), keyText(current)),
    changed('partitions', String(released.partitions), String(current.partitions)),
    changed('retention', released.cleanupPolicy.join(), current.cleanupPolicy.join()),
    {
      ...changed('retention', days(released.retentionMs), days(current.retentionMs)),
      isKept: lasting(current.retentionMs) >= lasting(released.retentionMs),
    },
  ]
  return differences.filter(({ isKept }) => !isKept).map(({ rule, was, is }) => ({ rule, was, is, member: '' }))
}

function changed(rule: ContractRule, was: string, is: string) {
  return { rule, was, is, isKept: was === is }
}

/** Kafka keeps records for ever where a topic says -1. */
function lasting(retentionMs: number): number {
  return retentionMs < 0 ? Number.POSITIVE_INFINITY : retentionMs
}

function days(retentionMs: number): string {
  return retentionMs < 0 ? 'for ever' : `${retentionMs / 86_400_000} days`
}

/** What the key is says its description as well. */
function keyText({ key }: TopicContract): string {
  return `${key['type']}: ${key['description']}`
}

function breachOf(topic: string, version: string, { rule, member, was, is }: SchemaDifference): Breach {
  const [stem, number] = [stemOf(topic), numberOf(topic)]
  const place = member === '' ? topic : `${topic}, member ${member}`
  const what = nouns[rule]
  const otherwise = rule === 'topic' ? '' : ` What cannot be done so becomes ${stem}.v${number + 1}, which runs beside it.`
  const sentence = `${place}: in ${version} ${what} was ${was}, and is ${is} now. ${contractRules[rule]}.${otherwise} See docs/contract.md.`
  return { topic, member, rule, sentence }
}

/** What a rule is about. */
const nouns: Readonly<Record<ContractRule, string>> = {
  removed: 'it',
  required: 'it',
  type: 'its type',
  unit: 'its unit',
  codes: 'its list of codes',
  bounds: 'what it allows',
  key: 'its key',
  partitions: 'its number of partitions',
  retention: 'its retention',
  topic: 'it',
}

function topicIn({ topics }: Contract, name: string): TopicContract | undefined {
  return topics.find(topic => topic.name === name)
}

function stemOf(topic: string): string {
  return topic.slice(0, -topicVersion(topic).length - 1)
}

function numberOf(topic: string): number {
  return Number(topicVersion(topic).slice(1))
}
