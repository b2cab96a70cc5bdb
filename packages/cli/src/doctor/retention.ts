import type { TopicSettings } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { duration, loadConfig } from '@tickhouse/runtime'
import { type Judgement, ok, span, warn } from './finding.ts'
import type { Check } from './installation.ts'

/** The topics of the market, without which an outage becomes a loss. */
const marketTopics = entities.filter(({ venue }) => venue !== null && venue.items !== 'account').map(({ topic }) => topic)

/** Judges whether topics keep records as long as QuestDB may be away. */
export function judgeTopicRetention(
  settings: ReadonlyMap<string, TopicSettings>,
  budgetMs: number,
  brokers: readonly string[],
): Judgement[] {
  const judgements = [...settings].flatMap(([topic, config]) => {
    const [keptMs, keptBytes] = [Number(config['retention.ms']), Number(config['retention.bytes'])]
    const isShort = keptMs >= 0 && keptMs < budgetMs
    return [
      ...(isShort ? [warn(`${topic} keeps ${span(keptMs)}, less than ${span(budgetMs)}`, keepLonger(topic, budgetMs, brokers))] : []),
      ...(keptBytes >= 0
        ? [warn(`${topic} keeps ${keptBytes} bytes, however long that is`, alter(topic, 'retention.bytes=-1', brokers))]
        : []),
    ]
  })
  if (judgements.length > 0) return judgements
  return [ok(`${settings.size} market topics keep their records for ${span(budgetMs)} and longer`)]
}

/** Judges whether the journal keeps what was published as long as Kafka might be lost. */
export function judgeJournalRetention(keptMs: number, budgetMs: number): Judgement {
  if (keptMs >= budgetMs) return ok(`the journal keeps what is published for ${span(keptMs)}`)
  return warn(
    `the journal keeps what is published for ${span(keptMs)}, less than ${span(budgetMs)}`,
    `JOURNAL_RETENTION=${Math.ceil(budgetMs / 3_600_000)}h`,
  )
}

/** How long topics and journal keep what a reader has missed. */
export const retention: Check = {
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

/** The catalogue's retention, unless that is too short as well. */
function keepLonger(topic: string, budgetMs: number, brokers: readonly string[]): string {
  const definition = marketTopics.find(({ name }) => name === topic)
  if (Number(definition?.config['retention.ms']) >= budgetMs) return 'tickhouse topics apply'
  return alter(topic, `retention.ms=${budgetMs}`, brokers)
}

function alter(topic: string, setting: string, brokers: readonly string[]): string {
  return `kafka-configs.sh --bootstrap-server ${brokers[0] ?? 'localhost:9092'} --alter --entity-type topics --entity-name ${topic} --add-config ${setting}`
}
