export type { BatchLimits, Message } from './batches.ts'
export { type Bus, type BusOptions, connectBus, type PartitionLag } from './bus.ts'
export { BusError, type BusErrorCode, busErrorCodes, topicsOf } from './errors.ts'
export type { GroupReader, GroupReaderOptions } from './group-reader.ts'
export {
  type Access,
  type AccessPlan,
  type BrokerAddress,
  type BrokerDisk,
  type CommittedOffset,
  type FetchLimits,
  type FetchPosition,
  type Grant,
  grantsOf,
  type KafkaOptions,
  type PartitionProgress,
  type PartitionState,
  planAccess,
  type RecordAt,
  type SaslOptions,
  type StartAt,
  type StartPoint,
  type TopicSettings,
  type Topics,
} from './kafkajs/index.ts'
export { busMetrics } from './metrics.ts'
export type { Poll } from './poll.ts'
export type { Publisher } from './publisher.ts'
export type { PublisherOptions } from './publisher-deps.ts'
export type { OffsetRange, ReadStart } from './read.ts'
export {
  type KafkaRecord,
  type Offsets,
  type OnRecord,
  type OnRecords,
  type PartitionRecords,
  partitionKey,
  type TopicPartition,
} from './records.ts'
export { type RefusalTimeouts, refusal, refusedMessageOf } from './refusal.ts'
export { kafkaOptions, kafkaSettings, sinkGroupOf, topicSettings } from './settings.ts'
export type { Standstill } from './standstill.ts'
export { topicDefinitions } from './topic-definitions.ts'
export {
  type ConfigChange,
  dangerIn,
  isEmptyPlan,
  type KeptSetting,
  replicasText,
  type TopicChange,
  type TopicChanges,
  type TopicPlan,
  type TopicRefusal,
  type TopicReplicas,
} from './topic-plan.ts'
export type { Unread, UnreadReason } from './unread.ts'
