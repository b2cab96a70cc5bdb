import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// The cases that belong to every `npm test`, whatever they break. They run one after the other on one pair of servers: to start a pair costs more than a case.
for (const name of readdirSync(import.meta.dirname)) {
  const isOther = name.endsWith('.fault.test.ts') && !import.meta.filename.endsWith(name)
  if (isOther && readFileSync(join(import.meta.dirname, name), 'utf8').includes('always: true')) await import(`./${name}`)
}
