import kafkajs, { type Assigner, type Cluster, type GroupMember } from 'kafkajs'
import type { TopicPartition } from '../records.ts'
import { type DividedMember, divideTopics } from './divide-topics.ts'

/** What a member tells the group when it joins. */
export interface Claims {
  /** The partitions that it read until now. */
  readonly had: readonly TopicPartition[]
  /** Bytes a second of a topic that it reads. */
  rateOf(topic: string): number
}

/** What stands in the part of a member's metadata that is the assigner's own. */
interface Told {
  readonly had?: Readonly<Record<string, { readonly partitions: readonly number[]; readonly rate: number }>>
}

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol
const version = 0

/**
 * Gives whole topics to members, as `divideTopics` says, in the terms of kafkajs. Every member tells what it had and how much came of it. The name
 * stands for the rules: members with other rules need another name, and a group uses one that all its members know.
 */
export function topicAssigner(cluster: Cluster, claims: () => Claims): Assigner {
  return {
    name: 'TickhouseTopicAssigner',
    version,
    protocol: ({ topics }) => ({
      name: 'TickhouseTopicAssigner',
      metadata: MemberMetadata.encode({ version, topics, userData: Buffer.from(JSON.stringify(toldOf(claims()))) }),
    }),
    assign: async ({ members, topics }) => {
      const told = members.map(memberOf)
      const wanted = new Set([...topics, ...told.flatMap(({ member }) => [...member.topics])])
      const divided = [...wanted].map(topic => ({
        topic,
        partitions: cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
        rate: rateIn(told, topic),
      }))
      const division = divideTopics(
        divided,
        told.map(({ member }) => member),
      )
      return [...division].map(([memberId, own]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version, assignment: Object.fromEntries(own), userData: Buffer.alloc(0) }),
      }))
    },
  }
}

function toldOf({ had, rateOf }: Claims): Told {
  const topics = Map.groupBy(had, ({ topic }) => topic)
  const own = [...topics].map(([topic, places]) => [
    topic,
    { partitions: places.map(({ partition }) => partition), rate: Math.round(rateOf(topic)) },
  ])
  return { had: Object.fromEntries(own) }
}

function memberOf({ memberId, memberMetadata }: GroupMember): { member: DividedMember; told: Told } {
  const metadata = MemberMetadata.decode(memberMetadata)
  const told = readTold(metadata?.userData)
  const had = new Map(Object.entries(told.had ?? {}).map(([topic, { partitions }]) => [topic, partitions]))
  return { member: { id: memberId, topics: new Set(metadata?.topics ?? []), had }, told }
}

/** Nothing for a member whose words cannot be read. */
function readTold(userData: Buffer | undefined): Told {
  try {
    return JSON.parse(userData?.toString() ?? '{}') as Told
  } catch {
    return {}
  }
}

/** What all members together read of a topic a second; undefined when none has read it. */
function rateIn(all: readonly { readonly told: Told }[], topic: string): number | undefined {
  const rates = all.flatMap(({ told }) => told.had?.[topic]?.rate ?? [])
  return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0)
}
