import type { TopicDefinition } from '@tickhouse/catalogue'
import { clockSlack } from '@tickhouse/runtime'

/** A setting without which records are lost, refused or misread. What is in force counts: the topic's own value, or the broker's default. */
interface TopicNeed {
  readonly name: string
  /** What it is set to where it does not hold. */
  readonly to: string
  /** What happens where it does not hold, in words. */
  readonly danger: string
  /** `keptMs` is how long the topic keeps its records. */
  holds(value: string, keptMs: number): boolean
}

/** More than the largest batch that is sent, 256 KiB of records, ever is with its head. */
const batchBytes = 512 << 10

const needs: readonly TopicNeed[] = [
  {
    name: 'message.timestamp.type',
    to: 'CreateTime',
    danger: 'records lose the time of their capture, by which they are found again',
    holds: value => value === 'CreateTime',
  },
  {
    name: 'max.message.bytes',
    to: '1048588',
    danger: 'records are refused in batches of the usual size',
    holds: value => Number(value) >= batchBytes,
  },
  {
    name: 'message.timestamp.before.max.ms',
    to: '9223372036854775807',
    danger: 'records are refused that are published long after their capture',
    holds: (value, keptMs) => Number(value) >= keptMs,
  },
  {
    name: 'message.timestamp.after.max.ms',
    to: '3600000',
    danger: 'records are refused when two clocks differ a little',
    holds: value => Number(value) >= clockSlack.wrongMs,
  },
  {
    name: 'unclean.leader.election.enable',
    to: 'false',
    danger: 'records that were acknowledged are lost when a broker fails',
    holds: value => value === 'false',
  },
]

/** The needs that do not hold with the settings in force; what the definition sets itself is left to it. */
export function unmetNeeds({ config }: Pick<TopicDefinition, 'config'>, inForce: Readonly<Record<string, string>>): TopicNeed[] {
  const keptMs = Number(config['retention.ms'] ?? 0)
  return needs.filter(({ name, holds }) => {
    const value = inForce[name]
    return value !== undefined && config[name] === undefined && !holds(value, keptMs)
  })
}

/** Whether that is what `unmetNeeds` wants: a setting of ours, then, however it came there. */
export function isNeeded(name: string, value: string): boolean {
  return needs.some(need => need.name === name && need.to === value)
}

/** What happens while a setting is as it is instead of as wanted, in words; undefined where everything works anyway. */
export function dangerOf(name: string, value: string | undefined, wanted: string): string | undefined {
  if (value === wanted) return undefined
  if (name === 'retention.ms') return isShorter(value, wanted) ? 'records go before they have to' : undefined
  if (name === 'cleanup.policy')
    return value === undefined || value.includes('compact') ? 'older records of a symbol are removed' : undefined
  return needs.find(need => need.name === name)?.danger
}

/** -1 is for ever; what nobody knows is not called long enough. */
function isShorter(value: string | undefined, wanted: string): boolean {
  const [is, must] = [Number(value ?? 0), Number(wanted)]
  return is >= 0 && (must < 0 || is < must)
}
