// Copies the files of a running QuestDB to stdout, and from stdin into one that is stopped: docs/operations.md.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'

const folder = '/var/lib/questdb'
/** Beside the files that QuestDB has. */
const unpacked = join(folder, '.unpacked')
const words = { save, restore }

const word = process.argv[2] ?? ''
try {
  if (!(word in words)) throw new Error(`Expected save or restore, was "${word}"`)
  process.exitCode = await words[word as keyof typeof words]()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = word in words ? 1 : 2
}

/** A checkpoint holds the files still; it is released whatever becomes of the copy. */
async function save(): Promise<number> {
  await sql('CHECKPOINT CREATE')
  try {
    const { child, end } = tar(folder, '--create', '--warning=no-file-changed', '--exclude=./.unpacked', '.')
    // Most of it is space that QuestDB reserves, which is zeros.
    await pipeline(child.stdout!, createZstdCompress(), process.stdout)
    // 1: the write-ahead log grew meanwhile, as it may.
    return (await end) > 1 ? 1 : 0
  } finally {
    await sql('CHECKPOINT RELEASE')
  }
}

/** What is there stays until the copy is unpacked as a whole. QuestDB finds `_restore` when it starts, recovers, and removes it. */
async function restore(): Promise<number> {
  if (await isRunning()) throw new Error('QuestDB runs: docker compose stop sink questdb')
  rmSync(unpacked, { recursive: true, force: true })
  mkdirSync(unpacked)
  try {
    const { child, end } = tar(unpacked, '--extract')
    const [read] = await Promise.allSettled([pipeline(process.stdin, createZstdDecompress(), child.stdin!), end])
    if (read.status === 'rejected' || (await end) !== 0)
      throw new Error('Expected the whole of what save wrote, was something else: QuestDB keeps the files that it has')
    for (const name of readdirSync(folder)) if (join(folder, name) !== unpacked) rmSync(join(folder, name), { recursive: true })
    for (const name of readdirSync(unpacked)) renameSync(join(unpacked, name), join(folder, name))
    writeFileSync(join(folder, '_restore'), '')
    return 0
  } finally {
    rmSync(unpacked, { recursive: true, force: true })
  }
}

function tar(directory: string, ...how: readonly string[]) {
  const child = spawn('tar', ['--directory', directory, ...how], { stdio: ['pipe', 'pipe', 'inherit'] })
  return { child, end: once(child, 'close').then(([code]) => Number(code ?? 1)) }
}

async function sql(query: string): Promise<void> {
  const { address, authorization } = questdb()
  const response = await fetch(`${address}/exec?${new URLSearchParams({ query })}`, { headers: { authorization } })
  if (!response.ok) throw new Error(`QuestDB refuses ${query}: ${await response.text()}`)
}

async function isRunning(): Promise<boolean> {
  const response = await fetch(questdb().address).catch(() => undefined)
  await response?.body?.cancel()
  return response !== undefined
}

function questdb(): { address: string; authorization: string } {
  const text = readFileSync(process.env['QDB_CLIENT_CONF_FILE'] ?? '', 'utf8')
  const value = (name: string) => new RegExp(`\\b${name}=([^;]*);`).exec(text)?.[1] ?? ''
  const user = Buffer.from(`${value('username')}:${value('password')}`).toString('base64')
  return { address: `http://${value('addr')}`, authorization: `Basic ${user}` }
}
