import type { TopicSettings } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { duration, loadConfig, someOf, spanText } from '@tickhouse/runtime'
import { type Check, type Judgement, ok, warn } from './check.ts'

/** The topics of the market, without which an outage becomes a loss. */
const marketTopics = entities.filter(({ venue }) => venue !== null && venue.items !== 'account').map(({ topic }) => topic)

/** Judges whether topics keep records as long as QuestDB may be away. */
export function judgeTopicRetention(
  settings: ReadonlyMap<string, TopicSettings>,
  budgetMs: number,
  brokers: readonly string[],
): Judgement[] {
  const judgements = [...shortTopics(settings, budgetMs), ...boundedTopics(settings, brokers)]
  if (judgements.length > 0) return judgements
  return [ok(`${settings.size} market topics keep their records for ${spanText(budgetMs)} and longer`)]
}

/** One judgement for all topics that keep records equally long. */
function shortTopics(settings: ReadonlyMap<string, TopicSettings>, budgetMs: number): Judgement[] {
  const kept = [...settings].map(([topic, config]) => ({ topic, keptMs: Number(config['retention.ms']) }))
  const short = kept.filter(({ keptMs }) => keptMs >= 0 && keptMs < budgetMs)
  return [...Map.groupBy(short, ({ keptMs }) => keptMs)].map(([keptMs, group]) => {
    const topics = group.map(({ topic }) => topic)
    return warn(
      `${topics.length} topics keep ${spanText(keptMs)}, less than ${spanText(budgetMs)}: ${someOf(topics, 3)}`,
      keepLonger(topics, budgetMs),
    )
  })
}

function boundedTopics(settings: ReadonlyMap<string, TopicSettings>, brokers: readonly string[]): Judgement[] {
  return [...settings]
    .filter(([, config]) => Number(config['retention.bytes']) >= 0)
    .map(([topic, config]) => warn(`${topic} keeps ${config['retention.bytes']} bytes, however short that is`, unbound(topic, brokers)))
}

/** Judges whether the journal keeps what was published as long as Kafka might be lost. */
export function judgeJournalRetention(keptMs: number, budgetMs: number): Judgement {
  if (keptMs >= budgetMs) return ok(`the journal keeps what is published for ${spanText(keptMs)}`)
  return warn(
    `the journal keeps what is published for ${spanText(keptMs)}, less than ${spanText(budgetMs)}`,
    `JOURNAL_RETENTION=${Math.ceil(budgetMs / 3_600_000)}h`,
  )
}

/** How long topics and journal keep what a reader has missed. */
export const retentionCheck: Check = {
  name: 'retention',
  needs: ['kafka'],
  look: async ({ bus, brokers, env, outageBudgetMs }, signal) => {
    const settings = await bus!.topics.settings(
      marketTopics.map(({ name }) => name),
      signal,
    )
    const { journalMs } = loadConfig({ journalMs: duration('JOURNAL_RETENTION', { default: 7 * 86_400_000 }) }, env)
    return [...judgeTopicRetention(settings, outageBudgetMs, brokers), judgeJournalRetention(journalMs, outageBudgetMs)]
  },
}

/** Back to what the catalogue says; where that is too short, it has to say more: `topics apply` would undo what was set by hand. */
function keepLonger(topics: readonly string[], budgetMs: number): string {
  const defined = marketTopics.filter(({ name }) => topics.includes(name)).map(({ config }) => Number(config['retention.ms']))
  if (defined.every(ms => ms >= budgetMs)) return 'tickhouse topics apply'
  return `retention.ms of at least ${budgetMs} in packages/catalogue/src/entities.ts, npm run generate, tickhouse topics apply`
}

function unbound(topic: string, brokers: readonly string[]): string {
  const server = brokers[0] ?? 'localhost:9092'
  return `kafka-configs.sh --bootstrap-server ${server} --alter --entity-type topics --entity-name ${topic} --add-config retention.bytes=-1`
}
