import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, questdbProperties, ServerProcess } from '@tickhouse/stack'
import { localServers, removeFolder } from '@tickhouse/testkit'

/** A QuestDB with settings of its own, as server.conf names them. */
export interface SpecialQuest {
  readonly configurationString: string
  close(): Promise<void>
}

/** Starts it, in `describeWithLocalServers`; ready as soon as it answers anything, be it a refusal. */
export async function specialQuest(settings: Readonly<Record<string, string>>): Promise<SpecialQuest> {
  const { java, jars } = localServers()
  const directory = mkdtempSync(join(tmpdir(), 'tickhouse-special-quest-'))
  const port = await freePort()
  const server = new ServerProcess({
    name: 'QuestDB',
    command: java,
    args: () => ['-Xmx512m', '-p', jars.questdb, '-m', 'io.questdb/io.questdb.ServerMain', '-d', directory, '-n'],
    outputFile: join(directory, 'questdb.log'),
    prepare: async () => configure(directory, { 'http.bind.to': `127.0.0.1:${port}`, ...settings }),
    answers: () => answers(port),
  })
  await server.start()
  const close = async () => {
    await server.stop()
    removeFolder(directory)
  }
  return { configurationString: `http::addr=127.0.0.1:${port};`, close }
}

function configure(directory: string, settings: Readonly<Record<string, string>>): void {
  const all = { ...questdbProperties, 'pg.enabled': 'false', 'http.min.enabled': 'false', ...settings }
  mkdirSync(join(directory, 'conf'), { recursive: true })
  writeFileSync(
    join(directory, 'conf', 'server.conf'),
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
}

async function answers(port: number): Promise<boolean> {
  try {
    await (await fetch(`http://127.0.0.1:${port}/exec?query=select%201`)).arrayBuffer()
    return true
  } catch {
    return false
  }
}
