// Makes a fresh clone ready: Node.js 24, pnpm and the dependencies, below this folder only.
// Runs on Node.js 20 without any dependency; a second run finds its stamp and returns at once.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const stamp = join(root, 'node_modules', '.tickhouse-setup')
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'pnpm-lock.yaml')))
  .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
  .digest('hex')

const [major] = process.versions.node.split('.').map(Number)
if (major < 20)
  fail(2, `Expected Node.js 20 or newer, found ${process.versions.node}: install a current Node.js and run the command again.`)
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) process.exit(0)

const started = Date.now()
// The versions that run the installation: Node.js as the catalog has it, and this pnpm (in infra/docker/Dockerfile, too).
const node = /^ {2}node: (\S+)$/m.exec(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))[1]
const pnpm = 'pnpm@12.21.0'
const say = text => process.stderr.write(`setup: ${text}\n`)
say('installing Node.js 24, pnpm and the dependencies (about a minute the first time) …')
const ticker = setInterval(() => say(`still installing, ${Math.round((Date.now() - started) / 1000)} s …`), 10_000)
const child = spawn(
  'npm',
  ['exec', '--yes', `--package=node@${node}`, `--package=${pnpm}`, '--', 'pnpm', 'install', '--frozen-lockfile', '--reporter=append-only'],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: 'true' },
  },
)
let output = ''
child.stdout.on('data', chunk => {
  output += chunk
})
child.stderr.on('data', chunk => {
  output += chunk
})
child.on('error', error => fail(1, `Could not run npm: ${error.message}`))
child.on('close', code => {
  clearInterval(ticker)
  if (code !== 0)
    fail(1, `${output}\nThe installation failed (exit ${code}). Check that the npm registry can be reached and run the command again.`)
  writeFileSync(stamp, lock)
  say(`ready after ${Math.round((Date.now() - started) / 1000)} s`)
})

function fail(code, text) {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}
