import { join } from 'node:path'
import { messageOf } from '@tickhouse/runtime'
import { findJava, resolveJars } from '@tickhouse/stack'
import type { LocalServers, ServerKind } from './private-servers.ts'
import type { Found } from './servers.ts'

const jarDirectory = join(import.meta.dirname, '../../../.tickhouse/jars')

/** Tells whoever runs the tests what is going on with the servers. */
export function say(sentence: string): void {
  process.stderr.write(`servers: ${sentence}\n`)
}

/** Finds out how servers can be started on this machine: as containers, else as local Java processes. */
export async function findServerKind(): Promise<Found<ServerKind>> {
  try {
    const { requireEngine } = await import('./containers.ts')
    await requireEngine()
    return { found: { kind: 'docker' } }
  } catch (noDocker) {
    say(`no containers, because ${messageOf(noDocker)}`)
    const local = await lookForJava()
    if ('found' in local) return { found: { kind: 'java', ...local.found } }
    return { missing: `neither Docker (${messageOf(noDocker)}) nor Java 17 with Maven (${local.missing}) can be used` }
  }
}

/** Finds out what starts servers as local Java processes, whether or not there is Docker: what was found already is not looked for again. */
export async function findLocalServers(kind: Found<ServerKind>): Promise<Found<LocalServers>> {
  if ('missing' in kind) return kind
  return kind.found.kind === 'java' ? { found: kind.found } : lookForJava()
}

async function lookForJava(): Promise<Found<LocalServers>> {
  try {
    const java = await findJava(process.env['JAVA_HOME'])
    return { found: { java, jars: await resolveJars({ directory: jarDirectory, onProgress: say }) } }
  } catch (error) {
    return { missing: messageOf(error) }
  }
}

/** Tells in a frame that nobody overlooks what is skipped, why, and what to do. */
export function complain(sentences: string): void {
  const line = '!'.repeat(100)
  process.stderr.write(`\n${line}\n${sentences}\n${line}\n\n`)
}
