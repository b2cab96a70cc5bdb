import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { auditVerdict } from './audit-verdict.ts'

// Asks the registry whether one of the locked dependencies has a known hole. A registry that cannot be asked, or has no such service,
// is said loudly and is no failure: the same commit must not be red on one day and green on another because of the network.
const words = ['exec', '--yes', '--package=node@24', '--package=pnpm@12', '--', 'pnpm', 'audit', '--prod', '--audit-level', 'moderate']
const { status, stdout, stderr, error } = spawnSync('npm', words, {
  cwd: join(import.meta.dirname, '..', '..'),
  encoding: 'utf8',
  timeout: 120_000,
})
const output = `${stdout ?? ''}${stderr ?? ''}`.trim()
const verdict = auditVerdict(status, output)

if (verdict === 'clean') console.log('audit: no known hole of moderate or higher severity in what is shipped')
else if (verdict === 'holes') console.error(`${output}\naudit: known holes, see above`)
else console.error(`${'!'.repeat(100)}\nAUDIT NOT DONE: the registry could not be asked.\n${output || error?.message}\n${'!'.repeat(100)}`)
process.exitCode = verdict === 'holes' ? 1 : 0
