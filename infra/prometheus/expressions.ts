import { createRegistry } from '@tickhouse/runtime'
import { rooms } from '../metrics/declared.ts'

/** A selection of series in a PromQL expression. */
export interface Selector {
  readonly metric: string
  /** Labels that it asks for. */
  readonly labels: readonly string[]
}

/** The labels of a series, by the names that PromQL knows it by. */
export type KnownSeries = ReadonlyMap<string, readonly string[]>

const ofEveryTarget = ['job', 'instance', 'service']
const keywords = new Set([
  'and',
  'or',
  'unless',
  'on',
  'ignoring',
  'by',
  'without',
  'group_left',
  'group_right',
  'offset',
  'bool',
  'inf',
  'nan',
])

/** Every selection of series in an expression. */
export function selectorsIn(expression: string): Selector[] {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\[[^\]]*\]|\boffset \w+/g, ' ')
    .replace(/\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
  return [...bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\w|\s*\()/g)]
    .filter(([, name]) => !keywords.has(name!.toLowerCase()))
    .map(([, metric, matchers = '']) => ({
      metric: metric!,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(match => match[1]!),
    }))
}

/** What Prometheus has of our processes, of itself, and (names only) of QuestDB, which are compared with a real one elsewhere. */
export async function knownSeries(): Promise<KnownSeries> {
  const known = new Map<string, string[]>([
    ['up', ofEveryTarget],
    ...questdbMetrics.map(name => [name, ofEveryTarget] as const),
    ...(await ofNode()),
  ] as [string, string[]][])
  for (const { services, metrics } of rooms)
    for (const { type, name, labels } of metrics) {
      const own = [...ofEveryTarget, ...(services.includes('collector') ? ['collector'] : []), ...Object.keys(labels)]
      if (type !== 'histogram') known.set(name, own)
      else for (const suffix of ['bucket', 'sum', 'count']) known.set(`${name}_${suffix}`, [...own, 'le'])
    }
  return known
}

/** What of QuestDB's own metrics rules and dashboards use. */
export const questdbMetrics: readonly string[] = [
  'questdb_memory_rss',
  'questdb_memory_jvm_total',
  'questdb_wal_apply_seq_txn',
  'questdb_wal_apply_writer_txn',
  'questdb_physically_written_rows_total',
  'questdb_wal_apply_written_rows_total',
]

/** The metrics that every process of Node.js has. */
async function ofNode(): Promise<[string, string[]][]> {
  const registry = createRegistry('any')
  return (await registry.getMetricsAsJSON()).map(({ name }) => [name, [...ofEveryTarget, 'collector', 'type', 'kind', 'space', 'version']])
}
