import type { VenueDataset } from './dataset.ts'
import { datasets } from './datasets/index.ts'
import type { ColumnDefinition, TableDefinition, TopicDefinition } from './definitions.ts'
import { type FeedDataset, feedDatasets } from './feed.ts'
import type { Column } from './fields.ts'

export type DatasetName = (typeof datasets)[number]['name']

/** A dataset with the topic and the table that are derived from it. */
export interface Entity {
  readonly name: string
  readonly description: string
  readonly topic: TopicDefinition
  readonly table: TableDefinition
  /** The venue's dataset, or null for our own `feed_session`, `feed_gap`, `feed_heartbeat` and `dead_letter`. */
  readonly venue: VenueDataset | null
}

const week = String(7 * 24 * 3600 * 1000)
const month = String(31 * 24 * 3600 * 1000)

const headerColumns: readonly ColumnDefinition[] = [
  required('timestamp', 'TIMESTAMP', 'Capture time at our socket, UTC; strictly increasing within a session'),
  required('symbol', 'SYMBOL', 'Bare code; leading A and suffix _NX/_AL taken off; `*` for market-wide'),
  required('venue', 'SYMBOL', '`KRX`, `NXT` or `SOR`, from the suffix of the item as registered; `*` for records about the feed'),
  required('session', 'SYMBOL', 'One logged-in connection of one collector'),
  required('seq', 'LONG', 'Number of the record within (session, dataset): 1, 2, 3 …; a number that has no row is that of a dead letter'),
]
const exchangeTime = optional(
  'exchange_time',
  'TIMESTAMP',
  "The venue's time, 1 s resolution, joined to the Korean date nearest to capture",
)
const unreadable = optional('unreadable', 'VARCHAR', 'FIDs whose text could not be read, with the text: `851=abc;15=1,000`')
const positionColumns: readonly ColumnDefinition[] = [
  required('kafka_partition', 'INT', 'Partition of the topic that the row came from'),
  required('kafka_offset', 'LONG', 'Offset in that partition'),
]
const keys = ['timestamp', 'symbol', 'venue', 'session', 'seq']

/** Everything that is captured or said about the capture: the nineteen datasets of the venue and our own four. */
export const entities: readonly Entity[] = [...datasets.map(venueEntity), ...feedDatasets.map(feedEntity)]

/** The nineteen datasets of the venue, without their column types. */
export const venueDatasets: readonly VenueDataset[] = datasets

/** The place of each entity among `entities`, by name: what counts per dataset counts by it. */
export const entityIndex: ReadonlyMap<string, number> = new Map(entities.map(({ name }, index) => [name, index]))

const byName = new Map(entities.map(entity => [entity.name, entity]))
const byTopic = new Map(entities.map(entity => [entity.topic.name, entity]))
const byType = new Map(venueDatasets.map(dataset => [dataset.type, dataset]))

/** The entity of that name; throws for a name that does not exist. */
export function entityOf(name: string): Entity {
  const entity = byName.get(name)
  if (!entity) throw new Error(`Expected a dataset, was "${name}"; known are ${[...byName.keys()].join(', ')}`)
  return entity
}

/** The entity whose topic that is. */
export function entityOfTopic(topic: string): Entity | undefined {
  return byTopic.get(topic)
}

/** The dataset of a type code, case-sensitive: `0G` and `0g` differ. */
export function datasetOfType(type: string): VenueDataset | undefined {
  return byType.get(type)
}

/** How many partitions of how long a time: busy types get hours, ordinary ones days. */
function venueEntity(dataset: VenueDataset): Entity {
  const busy = dataset.volume === 'high'
  const room = dataset.items === 'account' ? 'account' : 'market'
  return {
    name: dataset.name,
    description: dataset.description,
    venue: dataset,
    topic: {
      name: `kiwoom.${room}.${dataset.name.replaceAll('_', '-')}.v1`,
      dataset: dataset.name,
      partitions: busy ? 6 : 1,
      config: { 'retention.ms': room === 'account' ? month : week, 'cleanup.policy': 'delete' },
    },
    table: {
      name: dataset.name,
      columns: [
        ...headerColumns,
        exchangeTime,
        ...Object.entries(dataset.columns).map(([name, column]) => venueColumn(name, column)),
        unreadable,
        ...positionColumns,
      ],
      dedupKeys: keys,
      partitionBy: busy ? 'HOUR' : 'DAY',
    },
  }
}

function feedEntity(dataset: FeedDataset): Entity {
  return {
    name: dataset.name,
    description: dataset.description,
    venue: null,
    topic: {
      name: dataset.topic,
      dataset: dataset.name,
      partitions: 1,
      config: { 'retention.ms': dataset.retention === 'week' ? week : month, 'cleanup.policy': 'delete' },
    },
    table: {
      name: dataset.name,
      columns: [...headerColumns, ...dataset.columns, ...positionColumns],
      ...(dataset.lists && { lists: dataset.lists }),
      dedupKeys: [...keys, ...dataset.extraKeys],
      partitionBy: 'DAY',
    },
  }
}

function venueColumn(name: string, column: Column): ColumnDefinition {
  const plain = optional(name, column.questType, describe(column))
  if (column.shape === 'ladder') return plain
  const { unit } = column
  const legend = column.shape === 'field' ? column.legend : undefined
  return { ...plain, ...(unit !== 'none' && { unit }), ...(legend && { legend }) }
}

/** What a column holds, in one sentence, whatever its shape. */
export function describe(column: Column): string {
  if (column.shape !== 'ladder') return column.description
  return column.rows.map((row, index) => `row ${index + 1}: ${row.description.replaceAll('{n}', `1 … ${column.levels}`)}`).join('; ')
}

function required(name: string, questType: ColumnDefinition['questType'], description: string): ColumnDefinition {
  return { name, questType, required: true, description }
}

function optional(name: string, questType: ColumnDefinition['questType'], description: string): ColumnDefinition {
  return { name, questType, required: false, description }
}
