import { join } from 'node:path'
import { diskFileSystem, errorCodeOf, type FileSystem } from './file-system.ts'
import type { Position } from './position.ts'

/** Where the checkpoint of a journal's publisher is kept. */
export function checkpointPath(directory: string): string {
  return join(directory, 'checkpoint.json')
}

/**
 * How far a journal is published for certain, for whoever is not its owner: what lies behind the checkpoint is still the publisher's business, now or at its next
 * start. Undefined when nothing is published yet.
 */
export async function publishedTo(directory: string, files: FileSystem = diskFileSystem): Promise<Position | undefined> {
  try {
    return (JSON.parse(await files.readText(checkpointPath(directory))) as { readonly position: Position }).position
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
