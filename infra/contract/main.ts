import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '@tickhouse/runtime'
import { breachesOf } from './compare.ts'
import { contractIn, generatedFolder, releasedContracts, releasedFolder } from './contract.ts'

// Compares what the catalogue says with what was released, and exits 1 where readers would be broken. With --release it keeps the contract of
// the version in packages/runtime/src/release.ts.
const kept = join(releasedFolder, version)
const isRelease = process.argv.includes('--release')
const problems = breachesOf(contractIn(generatedFolder, 'now'), releasedContracts()).map(({ sentence }) => sentence)
if (isRelease && existsSync(kept)) problems.push(`The contract of ${version} is kept already: what was released is never changed`)
if (!isRelease && !existsSync(kept)) problems.push(`The contract of ${version} is not kept: run npm run contract:release and commit`)

for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
if (isRelease && problems.length === 0)
  for (const part of ['asyncapi.json', 'schemas']) cpSync(join(generatedFolder, part), join(kept, part), { recursive: true })
