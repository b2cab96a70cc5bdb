import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findJava, findMaven, kafkaAnswers, questdbAnswers, resolveJars, startKafka, startQuestdb } from '../src/index.ts'

const missing = await Promise.all([findJava(process.env['JAVA_HOME']), findMaven()]).then(
  () => undefined,
  (error: Error) => error.message,
)
const jarDirectory = join(import.meta.dirname, '../../../.tickhouse/jars')
const jars = missing === undefined ? await resolveJars({ directory: jarDirectory, onProgress: console.log }) : undefined

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stack-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const title = missing === undefined ? 'local servers' : `local servers (skipped, because: ${missing})`

test.skipIf(missing !== undefined)(`${title}: Kafka answers, survives SIGKILL at the same address, and stops`, async () => {
  const directory = temporaryDirectory()
  const kafka = await startKafka({ directory, jars: jars!.kafka })
  onTestFinished(() => kafka.stop())
  const port = Number(kafka.brokers.split(':')[1])
  expect(await kafkaAnswers(port)).toBe(true)
  const cluster = readFileSync(join(directory, 'data/meta.properties'), 'utf8')
  await kafka.kill('SIGKILL')
  expect(await kafkaAnswers(port)).toBe(false)
  await kafka.start()
  expect(await kafkaAnswers(port)).toBe(true)
  expect(readFileSync(join(directory, 'data/meta.properties'), 'utf8')).toBe(cluster)
  await kafka.stop()
  expect(await kafkaAnswers(port)).toBe(false)
})

test.skipIf(missing !== undefined)(
  `${title}: QuestDB serves SQL, its web console and metrics, and keeps its tables over SIGKILL`,
  async () => {
    const questdb = await startQuestdb({ directory: temporaryDirectory(), jars: jars!.questdb })
    onTestFinished(() => questdb.stop())
    const query = (sql: string) => fetch(`${questdb.httpUrl}/exec?query=${encodeURIComponent(sql)}`).then(response => response.json())
    await query('CREATE TABLE kept (timestamp TIMESTAMP) TIMESTAMP(timestamp) PARTITION BY DAY WAL')
    expect(await (await fetch(`${questdb.httpUrl}/`)).text()).toContain('<html')
    expect((await fetch(`${questdb.healthUrl}/metrics`)).status).toBe(200)
    await questdb.kill('SIGKILL')
    expect(await questdbAnswers(questdb.httpUrl)).toBe(false)
    await questdb.start()
    expect(await query('SELECT count() FROM kept')).toMatchObject({ dataset: [[0]] })
  },
)

test.skipIf(missing !== undefined)(`${title}: QuestDB refuses lines for a table that nobody created`, async () => {
  const questdb = await startQuestdb({ directory: temporaryDirectory(), jars: jars!.questdb })
  onTestFinished(() => questdb.stop())
  const response = await fetch(`${questdb.httpUrl}/write`, { method: 'POST', body: 'unknown value=1i\n' })
  expect(response.status).toBe(400)
})
