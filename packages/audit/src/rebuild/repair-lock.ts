import { join } from 'node:path'
import { diskFileSystem, JournalError, takeLock } from '@tickhouse/journal'

/**
 * Works while no other `rebuild` or `retry` does on the same journal: two that look into a topic at once and find nothing would both publish.
 * The collector does not wait for it, and does not need to.
 */
export async function withRepairLock<T>(journalDirectory: string, work: () => Promise<T>): Promise<T> {
  const directory = join(journalDirectory, 'repair')
  await diskFileSystem.makeDirectory(directory)
  const lock = await takeLock(directory, diskFileSystem).catch(error => {
    throw error instanceof JournalError ? new Error(`Another rebuild or retry works on this journal: ${error.message}`) : error
  })
  try {
    return await work()
  } finally {
    await lock.close()
  }
}
