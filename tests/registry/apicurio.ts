import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '@tickhouse/runtime'
import { findJava, findMaven, freePort, ServerProcess } from '@tickhouse/stack'
import { scaledTimeout } from '@tickhouse/testkit'

const run = promisify(execFile)

/** A registry that runs, or why there is none. */
export type FoundRegistry = { readonly url: string; readonly server: ServerProcess } | { readonly missing: string }

/** Fetches Apicurio Registry with Maven and runs it with nothing but memory; everything it writes is below the folder. `url` is where it has Confluent's API. */
export async function startApicurio(folder: string): Promise<FoundRegistry> {
  try {
    const [java, maven] = await Promise.all([findJava(process.env['JAVA_HOME']), findMaven()])
    const pom = join(import.meta.dirname, 'pom.xml')
    const unpack = ['-B', '-ntp', '-q', '-f', pom, 'dependency:unpack', `-Dunpacked=${folder}`]
    await run(maven, unpack, { timeout: scaledTimeout(240_000) })
    return await started(java, folder)
  } catch (error) {
    const missing = `there is no schema registry: ${messageOf(error).split('\n', 1)}`
    console.warn(`schema registry: SKIPPED, because ${missing}`)
    return { missing }
  }
}

async function started(java: string, folder: string): Promise<FoundRegistry> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = ['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`, `-Djava.io.tmpdir=${folder}`, '-Xmx512m']
  const jar = readdirSync(folder).find(name => name.endsWith('-runner.jar'))!
  const server = new ServerProcess({
    name: 'Apicurio Registry',
    command: java,
    args: () => [...settings, '-jar', join(folder, jar)],
    outputFile: join(folder, 'apicurio.log'),
    answers: async () => (await fetch(`${url}/apis/ccompat/v7/subjects`).catch(() => undefined))?.status === 200,
  })
  await server.start()
  return { url, server }
}
