import type { ColumnDefinition, ListDefinition } from './definitions.ts'
import { column } from './own-column.ts'
import { deadLetterReasons, gapReasons } from './reasons.ts'

/** A dataset of our own: what the capture says about itself. */
export interface FeedDataset {
  readonly name: 'feed_session' | 'feed_gap' | 'feed_heartbeat' | 'dead_letter'
  readonly topic: string
  readonly description: string
  readonly columns: readonly ColumnDefinition[]
  /** Members of the record that have no column. */
  readonly lists?: readonly ListDefinition[]
  /** How long its topic keeps records. */
  readonly retention: 'week' | 'month'
  /** Columns that tell two records apart, in addition to the keys of every table. */
  readonly extraKeys: readonly string[]
}

/** One record when a session opens, one when it closes, and one for what the venue says meanwhile. */
const feedSession: FeedDataset = {
  name: 'feed_session',
  topic: 'kiwoom.feed.session.v1',
  description:
    'One record when a session of a collector opens, one when it closes, with its counts per dataset, and one for each notice of the venue',
  retention: 'month',
  extraKeys: [],
  columns: [
    column('event', 'SYMBOL', '`open`, `close`, or `notice`: the venue said something that is no data and no answer', true),
    column('opened_at', 'TIMESTAMP', 'When the session logged in'),
    column('environment', 'SYMBOL', '`simulator`, `mock` or `production`'),
    column('collector', 'SYMBOL', 'Which collector the session belongs to'),
    column('reason', 'VARCHAR', 'Why the session closed; of a notice kind, code and words'),
    column(
      'records',
      'VARCHAR',
      'JSON object: dataset → highest `seq` in this session, at close; `dead_letter` counts those of unknown dataset',
    ),
  ],
}

/** An interval in which records may be missing. */
const feedGap: FeedDataset = {
  name: 'feed_gap',
  topic: 'kiwoom.feed.gap.v1',
  description: 'An interval in which records may be missing, with the reason and the evidence',
  retention: 'month',
  extraKeys: [],
  columns: [
    column('from_time', 'TIMESTAMP', 'Last moment known to be complete before the gap'),
    column('to_time', 'TIMESTAMP', 'First moment known to be complete after the gap'),
    { ...column('reason', 'SYMBOL', 'Why records may be missing, as a code', true), legend: gapReasons },
    column('types', 'VARCHAR', 'Types concerned, separated by commas; null for all'),
    column('symbols', 'VARCHAR', 'Items concerned, separated by commas; null for all'),
    column('missing', 'LONG', 'How much is missing where it can be counted, in the unit that the evidence names'),
    column('evidence', 'VARCHAR', 'What shows the gap: a code of the venue, a count, an error'),
  ],
  lists: [
    { name: 'type_list', description: 'The same as `types`, as a list; null for all' },
    { name: 'symbol_list', description: 'The same as `symbols`, as a list of whole items; null for all' },
  ],
}

/** A record that crosses every stage once a second, so that its age in a table says how old what can be queried is. */
const feedHeartbeat: FeedDataset = {
  name: 'feed_heartbeat',
  topic: 'kiwoom.feed.heartbeat.v1',
  description: 'One record a second while a session is open: how far the newest of them has come tells how far behind each stage is',
  retention: 'week',
  extraKeys: [],
  columns: [],
}

/** What could not be read or stored. */
export const deadLetter: FeedDataset = {
  name: 'dead_letter',
  topic: 'kiwoom.dead-letter.v1',
  description: 'Something that could not be read or stored, kept with its reason and its text',
  retention: 'month',
  extraKeys: ['stage', 'dataset'],
  columns: [
    column('stage', 'SYMBOL', '`collector` (could not be read) or `sink` (could not be stored)', true),
    column('dataset', 'SYMBOL', 'Dataset concerned, to whose numbering `seq` belongs; `*` where it is unknown', true),
    column('type', 'SYMBOL', 'Type of the venue, as far as known'),
    { ...column('reason', 'SYMBOL', 'Why, as a code', true), legend: deadLetterReasons },
    column('detail', 'VARCHAR', 'Why, in words'),
    column('raw', 'VARCHAR', 'The text concerned, cut to 64 KiB'),
    column('topic', 'SYMBOL', 'Where the record stood (stage `sink`)'),
    column('topic_partition', 'INT', 'Where the record stood (stage `sink`)'),
    column('topic_offset', 'LONG', 'Where the record stood (stage `sink`)'),
    column(
      'journal_segment',
      'INT',
      'Where the whole frame stands in the journal, when `raw` is cut (stage `collector`): the number of its file',
    ),
    column('journal_offset', 'LONG', 'The byte of that file, uncompressed, at which its entry begins'),
  ],
}

export const feedDatasets: readonly FeedDataset[] = [feedSession, feedGap, feedHeartbeat, deadLetter]
