import { join } from 'node:path'
import { messageOf } from '@tickhouse/runtime'
import { findJava, resolveJars } from '@tickhouse/stack'
import type { ServerKind } from './private-servers.ts'
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
    return localKind(messageOf(noDocker))
  }
}

async function localKind(noDocker: string): Promise<Found<ServerKind>> {
  try {
    const java = await findJava(process.env['JAVA_HOME'])
    say(`no containers, because ${noDocker}`)
    const jars = await resolveJars({ directory: jarDirectory, onProgress: say })
    return { found: { kind: 'java', java, jars } }
  } catch (noJava) {
    return { missing: `neither Docker (${noDocker}) nor Java 17 with Maven (${messageOf(noJava)}) can be used` }
  }
}
