import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verbs } from '../src/verbs/index.ts'

const sources = join(import.meta.dirname, '..', '..', 'doctor', 'src')

/** Verbs that findings name, with the words of those that have some. */
const named = readdirSync(sources)
  .flatMap(name => [...readFileSync(join(sources, name), 'utf8').matchAll(/tickhouse ([a-z][a-z-]+)(?: (plan|apply|list|show|retry)\b)?/g)])
  .map(([, verb, word]) => [verb!, word] as const)

test.each(named)('the command that a finding names exists: %s %s', (verb, word) => {
  const known = verbs.map(make => make()).find(command => command.name() === verb)
  expect(known).toBeDefined()
  if (word !== undefined) expect(known!.commands.map(command => command.name())).toContain(word)
})
