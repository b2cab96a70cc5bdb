import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '@tickhouse/runtime'
import { disorder } from '../tables.ts'
import type { FaultCase } from './faults.ts'

const shownTransactions = 2_000

/** Keeps what QuestDB wrote since its last start, before the next start writes over it. */
export function keepLog({ pipeline, servers: { questdb } }: Pick<FaultCase, 'pipeline' | 'servers'>, name: string): void {
  if (questdb.logFile === undefined || !existsSync(questdb.logFile)) return
  const folder = join(pipeline.folder, 'questdb-logs')
  mkdirSync(folder, { recursive: true })
  cpSync(questdb.logFile, join(folder, `${name}.log`))
}

/**
 * Keeps everything that may explain rows that are missing, doubled or out of order: QuestDB says what it holds, then every process is killed where it stands, and
 * the data of the servers, the journal, the ledger and the words of the processes stay. Returns where they are, in words.
 */
export async function keepEvidence(given: FaultCase, sessions: readonly string[], finding: string): Promise<string> {
  const { pipeline, servers } = given
  const folder = mkdtempSync(join(tmpdir(), 'tickhouse-evidence-'))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('finding.txt', `seed ${given.random.seed}\n${finding}\n`)
  write('rows-out-of-order.txt', (await orWhy(() => disorder(pipeline.store, sessions).then(rows => rows.join('\n')))) || 'none')
  for (const dataset of ['trade', 'best_quote', 'order_book', ...datasetsNamedIn(finding)])
    write(`${dataset}.json`, await orWhy(() => storageOf(given, dataset)))
  write('states.txt', (await pipeline.states()).join('\n'))
  write('words.txt', pipeline.words)
  for (const service of Object.values(pipeline.running)) service.kill('SIGKILL')
  keepLog(given, 'last')
  await Promise.all([servers.questdb.kill('SIGKILL'), servers.kafka.kill('SIGKILL')])
  cpSync(pipeline.folder, join(folder, 'pipeline'), { recursive: true })
  return `${folder} (rows, transactions, words, journal, logs), QuestDB's data: ${servers.questdb.keep()}, Kafka's data: ${servers.kafka.keep()}`
}

/** The last transactions of a table and its partitions, as QuestDB sees them. */
async function storageOf({ pipeline: { store } }: FaultCase, dataset: string): Promise<string> {
  const [state, transactions, partitions] = await Promise.all([
    store.query(`SELECT * FROM wal_tables() WHERE name = '${dataset}'`),
    store.query(`SELECT * FROM wal_transactions('${dataset}') LIMIT -${shownTransactions}`),
    store.query(`SELECT * FROM table_partitions('${dataset}')`),
  ])
  return JSON.stringify({ state, transactions, partitions }, null, 1)
}

/** The datasets of findings, each written as `session/dataset`. */
function datasetsNamedIn(finding: string): string[] {
  return [...finding.matchAll(/\/([a-z_]+):/g)].map(([, dataset]) => dataset!)
}

async function orWhy(text: () => Promise<string>): Promise<string> {
  try {
    return await text()
  } catch (error) {
    return messageOf(error)
  }
}
