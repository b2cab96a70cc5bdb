// Starts `sleep` under guard, or sets a guard beside one that runs, and tells its pid; run by guarded-spawn.test.ts as a process that is then killed.
import { spawn } from 'node:child_process'
import { guard, spawnGuarded } from '../src/index.ts'

const [outputFile, isChild] = process.argv.slice(2)
const child = isChild
  ? spawn('sleep', ['300'], { stdio: 'ignore', detached: true })
  : spawnGuarded('sh', ['-c', 'echo up; exec sleep 300'], outputFile!)
if (isChild) guard(child)
process.send!(child.pid)
