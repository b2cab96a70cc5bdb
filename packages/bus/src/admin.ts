import type { Admin, Kafka } from 'kafkajs'
import { translate } from './errors.ts'
import { type Reach, untilReached } from './reach.ts'
import { forMoment } from './until-aborted.ts'

/** Does something with kafkajs' admin client over a connection of its own; waits for Kafka. */
export async function withAdmin<T>(kafka: Kafka, reach: Reach, doing: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await untilReached(() => admin.connect(), reach)
    return await work(admin)
  } catch (error) {
    throw translate(error, doing)
  } finally {
    await forMoment(admin.disconnect())
  }
}
