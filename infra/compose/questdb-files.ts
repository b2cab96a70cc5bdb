// Copies the files of a running QuestDB to stdout, and from stdin into one that is stopped: docs/operations.md.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = '/var/lib/questdb'
const words = { save, restore }

const word = process.argv[2] ?? ''
try {
  if (!(word in words)) throw new Error(`Expected save or restore, was "${word}"`)
  process.exitCode = await words[word as keyof typeof words]()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = word in words ? 1 : 2
}

/** A checkpoint holds the files still; it is let go whatever becomes of the copy. */
async function save(): Promise<number> {
  await sql('CHECKPOINT CREATE')
  try {
    // 1: the write-ahead log grew meanwhile, as it may.
    return tar('--create', '--warning=no-file-changed', '.') > 1 ? 1 : 0
  } finally {
    await sql('CHECKPOINT RELEASE')
  }
}

/** QuestDB finds `_restore` when it starts, recovers, and removes it. */
async function restore(): Promise<number> {
  if (await isRunning()) throw new Error('QuestDB runs: docker compose stop sink questdb')
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
  const code = tar('--extract')
  if (code === 0) writeFileSync(join(folder, '_restore'), '')
  return code
}

function tar(...how: readonly string[]): number {
  const { status, error } = spawnSync('tar', ['--directory', folder, ...how], { stdio: 'inherit' })
  if (error !== undefined) throw error
  return status ?? 1
}

async function sql(query: string): Promise<void> {
  const { address, authorization } = questdb()
  const response = await fetch(`${address}/exec?${new URLSearchParams({ query })}`, { headers: { authorization } })
  if (!response.ok) throw new Error(`QuestDB refuses ${query}: ${await response.text()}`)
}

async function isRunning(): Promise<boolean> {
  return await fetch(questdb().address).then(
    () => true,
    () => false,
  )
}

function questdb(): { address: string; authorization: string } {
  const text = readFileSync(process.env['QDB_CLIENT_CONF_FILE'] ?? '', 'utf8')
  const value = (name: string) => new RegExp(`\\b${name}=([^;]*);`).exec(text)?.[1] ?? ''
  const user = Buffer.from(`${value('username')}:${value('password')}`).toString('base64')
  return { address: `http://${value('addr')}`, authorization: `Basic ${user}` }
}
