import type { Entity } from '@tickhouse/catalogue'
import { eventually } from '@tickhouse/testkit'
import kafkajs, { type Admin } from 'kafkajs'

/** The codecs that a topic may be set to. */
export const codecs = ['zstd', 'lz4', 'snappy', 'gzip'] as const

/** Does something as somebody who runs the cluster. */
export async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Gives topics the codec of each, beside the settings of the catalogue; undefined takes the setting back. */
export async function setCompression(
  brokers: string,
  changed: readonly Entity[],
  codecOf: (index: number) => string | undefined,
): Promise<void> {
  const resources = changed.map(({ topic }, index) => {
    const codec = codecOf(index)
    const settings = { ...topic.config, ...(codec !== undefined && { 'compression.type': codec }) }
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value: String(value) }))
    return { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name, configEntries }
  })
  await withAdmin(brokers, admin => admin.alterConfigs({ validateOnly: false, resources }))
}

/** Kafka forgets all that a group has committed. It does so only when no member is left, and one that died is one for a while. */
export async function forgetCommits(brokers: string, group: string): Promise<void> {
  await withAdmin(brokers, admin => eventually(() => admin.deleteGroups([group]), { timeoutMs: 60_000, intervalMs: 500 }))
}
