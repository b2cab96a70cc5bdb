import type { Broker, Cluster } from 'kafkajs'
import { isRefused } from './errors.ts'

interface CoordinatorQuestion {
  findGroupCoordinator(group: { groupId: string; coordinatorType: number }): Promise<unknown>
}

/**
 * Throws when Kafka does not let this user into the group. kafkajs asks one broker after the other and in the end says only that none
 * knew the group's coordinator, which sounds like something to wait for; so a broker is asked directly.
 */
export async function checkGroupRights(cluster: Cluster, groupId: string): Promise<void> {
  const broker: Broker & Partial<CoordinatorQuestion> = await cluster.findControllerBroker()
  try {
    await broker.findGroupCoordinator?.({ groupId, coordinatorType: 0 })
  } catch (error) {
    if (isRefused(error)) throw error
  }
}
