#!/usr/bin/env node
import { ProgressLine } from './progress.ts'

/** They have much to read; on a busy machine even loading the program takes seconds, and a person wants to see that it lives. */
const longVerbs = ['verify', 'rebuild', 'dead-letters', 'gaps']

const loading = new ProgressLine(process.stderr)
const [verb = ''] = process.argv.slice(2)
if (longVerbs.includes(verb) && !process.argv.includes('--help')) loading.tell(() => 'Loading')
const { run } = await import('./program.ts')
loading.end()
await run()
