#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { setTimeout as moment } from 'node:timers/promises'
import { ProgressLine } from './progress.ts'

// What was compiled once is kept, which halves the start. What this command starts does the same.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '../../../.tickhouse/compiled')
enableCompileCache()

/** They have much to read, and a person wants to see that they live; on a busy machine even loading the program takes seconds. */
const longVerbs = ['verify', 'rebuild', 'dead-letters', 'gaps', 'replay']

const loading = new ProgressLine(process.stderr)
const [verb = ''] = process.argv.slice(2)
if (longVerbs.includes(verb) && !process.argv.includes('--help')) loading.tell(() => 'Loading')
// Nothing else runs while modules are loaded, so they come in parts.
for (const load of [
  () => import('@tickhouse/runtime'),
  () => import('@tickhouse/catalogue'),
  () => import('@tickhouse/bus'),
  () => import('@tickhouse/store'),
]) {
  await load()
  await moment(0)
}
const { run } = await import('./program.ts')
loading.end()
await run()
