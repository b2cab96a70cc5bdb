import type { Broker, Cluster } from 'kafkajs'
import { isRefused } from '../errors.ts'
import { inTime } from '../in-time.ts'

interface CoordinatorQuestion {
  findGroupCoordinator(group: { groupId: string; coordinatorType: number }): Promise<unknown>
}

interface Farewell {
  leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>
}

/**
 * Throws when Kafka does not let this user into the group. kafkajs asks one broker after the other and in the end says only that none
 * knew the group's coordinator, which sounds like something to wait for; so a broker is asked directly. One that cannot be reached, since
 * it has just gone away, tells nothing about rights.
 */
export async function checkGroupRights(cluster: Cluster, groupId: string): Promise<void> {
  try {
    const broker: Broker & Partial<CoordinatorQuestion> = await cluster.findControllerBroker()
    await broker.findGroupCoordinator?.({ groupId, coordinatorType: 0 })
  } catch (error) {
    if (isRefused(error)) throw error
  }
}

const leavingMs = 5_000

/** Takes a member out of the group, if it is still in it. Throws when the group's coordinator cannot be found: nobody can join then either. */
export async function leaveGroup(cluster: Cluster, groupId: string, memberId: string): Promise<void> {
  const coordinator = await inTime(cluster.findGroupCoordinator({ groupId }), leavingMs)
  const leaving = (coordinator as Broker & Farewell).leaveGroup({ groupId, memberId })
  await inTime(leaving, leavingMs).catch(() => {})
}
