import { type Entity, entities, entityOf } from './entities.ts'

/** Who connects to Kafka: the two services, their readers, and the people who look after them. */
export const accessRoles = ['collector', 'sink', 'consumer', 'account-consumer', 'operator', 'topic-admin'] as const

export type AccessRole = (typeof accessRoles)[number]

/** What may be done with a resource; read and write include describe. */
export type AccessOperation = 'read' | 'write' | 'create' | 'alter' | 'describe' | 'describe_configs' | 'alter_configs'

/** What a role may do with the cluster, or with the topics or groups of that name, or whose names begin with it. Whatever no rule allows is refused. */
export interface AccessRule {
  readonly role: AccessRole
  readonly resource: 'topic' | 'group' | 'cluster'
  readonly pattern: 'literal' | 'prefixed'
  readonly name: string
  readonly operations: readonly AccessOperation[]
}

const marketTopics = 'kiwoom.market.'
const accountTopics = 'kiwoom.account.'
/** What the capture says about itself: gaps, sessions, heartbeats. Whoever reads data must be able to tell whether it is whole. */
const feedTopics = 'kiwoom.feed.'

/** The consumer group of the sinks, unless SINK_GROUP names another. */
export const defaultSinkGroup = 'tickhouse-sink'

/** The least that each role needs for its work, derived from the topics of the catalogue. */
export function accessRules(sinkGroup = defaultSinkGroup): AccessRule[] {
  const setAside = [entityOf('dead_letter'), entityOf('feed_gap')]
  return [
    // Recovery reads the tails of what it writes.
    ...eachTopic('collector', ['read', 'write']),
    ...eachTopic('sink', ['read'], ({ name }) => !setAside.some(entity => entity.name === name)),
    ...eachTopic('sink', ['read', 'write'], ({ name }) => setAside.some(entity => entity.name === name)),
    { role: 'sink', resource: 'group', pattern: 'literal', name: sinkGroup, operations: ['read'] },
    seesDisks('sink'),
    { role: 'consumer', resource: 'topic', pattern: 'prefixed', name: marketTopics, operations: ['read'] },
    { role: 'consumer', resource: 'topic', pattern: 'prefixed', name: feedTopics, operations: ['read'] },
    { role: 'consumer', resource: 'group', pattern: 'prefixed', name: 'consumer.', operations: ['read'] },
    { role: 'account-consumer', resource: 'topic', pattern: 'prefixed', name: accountTopics, operations: ['read'] },
    { role: 'account-consumer', resource: 'topic', pattern: 'prefixed', name: feedTopics, operations: ['read'] },
    { role: 'account-consumer', resource: 'group', pattern: 'prefixed', name: 'account-consumer.', operations: ['read'] },
    // `dead-letters retry` and `rebuild` publish, the doctor looks at settings.
    ...eachTopic('operator', ['read', 'write', 'describe_configs']),
    { role: 'operator', resource: 'group', pattern: 'literal', name: sinkGroup, operations: ['describe'] },
    seesDisks('operator'),
    ...eachTopic('topic-admin', ['create', 'alter', 'describe', 'describe_configs', 'alter_configs']),
  ]
}

/** A broker tells users who may describe the cluster how much room its disks have. */
function seesDisks(role: AccessRole): AccessRule {
  return { role, resource: 'cluster', pattern: 'literal', name: 'kafka-cluster', operations: ['describe'] }
}

function eachTopic(
  role: AccessRole,
  operations: readonly AccessOperation[],
  isMeant: (entity: Entity) => boolean = () => true,
): AccessRule[] {
  return entities.filter(isMeant).map(({ topic }) => ({ role, resource: 'topic', pattern: 'literal', name: topic.name, operations }))
}
