// All that the rest of this package sees of kafkajs; `infra/checks/import-walls.ts` keeps it so. What is handed out of a client, `Kafka` and `Cluster`, is only passed
// back in here; answers and errors are in our words (`errors.ts` reads those of kafkajs by name).
export type { Cluster, Kafka } from 'kafkajs'
export { type Access, type AccessPlan, createAccess, type Grant, grantsOf, planAccess } from './access.ts'
export { type BrokerDisk, brokerDisks } from './broker-disks.ts'
export { disconnect, ledPartitions, openCluster, partitionsOf } from './cluster.ts'
export { type Fetched, type FetchLimits, type FetchPosition, fetchOnce, type PartitionFailure } from './fetch.ts'
export { checkGroupRights } from './group-rights.ts'
export { type BrokerAddress, createKafka, type KafkaOptions, type SaslOptions } from './kafka-client.ts'
export { type Assignment, Membership } from './membership.ts'
export { type CommittedOffset, committedOffsets, offsetsAt, type StartPoint } from './offsets.ts'
export { createPartitionOf } from './partition-of.ts'
export {
  hasLeader,
  knowsTopics,
  type PartitionProgress,
  type PartitionState,
  partitionStates,
  type RecordAt,
  type StartAt,
} from './partition-state.ts'
export { type PersistOptions, persist } from './persist.ts'
export { IdempotentProducer } from './producer.ts'
export { errorOfCode } from './protocol-errors.ts'
export type { TopicErrors } from './topic-errors.ts'
export { topicIdOf } from './topic-ids.ts'
export { createTopics, type TopicSettings, type Topics } from './topics.ts'
