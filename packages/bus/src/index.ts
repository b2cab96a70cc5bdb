export type { BatchLimits, Message } from './batches.ts'
export { type Bus, type BusOptions, connectBus, type PartitionLag } from './bus.ts'
export { BusError, type BusErrorCode, busErrorCodes, topicsOf } from './errors.ts'
export type {
  BrokerAddress,
  BrokerDisk,
  CommittedOffset,
  FetchLimits,
  KafkaOptions,
  Moment,
  Offsets,
  PartitionState,
  Position,
  Progress,
  RecordAt,
  SaslOptions,
  StartAt,
  TopicSettings,
  Topics,
} from './kafkajs/index.ts'
export { type Access, type AccessPlan, type Grant, grantsOf, planAccess } from './kafkajs/index.ts'
export { busMetrics } from './metrics.ts'
export type { Publisher, PublisherOptions } from './publisher.ts'
export type { ReadStart, Stretch } from './read.ts'
export { type KafkaRecord, type OnRecord, type OnRound, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'
export { type Patience, refusal, refusedMessageOf } from './refusal.ts'
export type { Round, RoundReader, RoundsOptions } from './rounds.ts'
export { kafkaOptions, kafkaSettings, type TopicLayout, topicLayout, topicSettings } from './settings.ts'
export type { Standstill } from './standstill.ts'
export {
  type ConfigChange,
  dangerIn,
  isEmptyPlan,
  type KeptSetting,
  minInsyncName,
  type TopicChange,
  type TopicChanges,
  type TopicPlan,
  type TopicRefusal,
  type TopicReplicas,
} from './topic-plan.ts'
export type { Unread, UnreadReason } from './unread.ts'
