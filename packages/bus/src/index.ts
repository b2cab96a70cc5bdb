export { type Bus, type BusOptions, connectBus, type PartitionLag } from './bus.ts'
export { BusError, type BusErrorCode, busErrorCodes, topicsOf } from './errors.ts'
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
export type { Publisher } from './publish/publisher.ts'
export type { PublisherOptions } from './publish/publisher-deps.ts'
export { type RefusalTimeouts, refusal, refusedMessageOf } from './publish/refusal.ts'
export type { GroupReader, GroupReaderOptions } from './read/group-reader.ts'
export type { Poll } from './read/poll.ts'
export type { Standstill } from './read/standstill.ts'
export type { Unread, UnreadReason } from './read/unread.ts'
export type { OffsetRange, ReadStart } from './read/without-group.ts'
export {
  type KafkaRecord,
  type Offsets,
  type OnRecord,
  type OnRecords,
  type PartitionRecords,
  partitionKey,
  type TopicPartition,
} from './records.ts'
export { kafkaOptions, kafkaSettings, sinkGroupOf, topicSettings } from './settings.ts'
export { topicDefinitions } from './topics/topic-definitions.ts'
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
} from './topics/topic-plan.ts'
export type { BatchLimits, Message } from './wire/batches.ts'
