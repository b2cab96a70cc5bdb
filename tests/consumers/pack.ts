import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const kit = join(root, 'clients', 'typescript')

/** Packs the TypeScript kit and puts it into a new project, where only what it needs is beside it; or says why it cannot be packed. */
export async function packInto(project: string): Promise<{ readonly missing: string } | object> {
  const installed = join(project, 'node_modules', '@tickhouse', 'records')
  mkdirSync(installed, { recursive: true })
  const [, pnpm] = /'(pnpm@[\d.]+)'/.exec(readFileSync(join(root, 'infra', 'setup.mjs'), 'utf8'))!
  try {
    await run('npm', ['exec', '--yes', `--package=${pnpm}`, '--', 'pnpm', 'pack', '--pack-destination', project], { cwd: kit })
  } catch (error) {
    const missing = `the kit cannot be packed: ${String((error as { stderr?: string }).stderr || error).trim()}`
    console.warn(`consumers: SKIPPED, because ${missing}`)
    return { missing }
  } finally {
    rmSync(join(kit, 'dist'), { recursive: true, force: true })
  }
  const archive = readdirSync(project).find(name => name.endsWith('.tgz'))!
  await run('tar', ['xzf', join(project, archive), '-C', installed, '--strip-components', '1'])
  mkdirSync(join(project, 'node_modules', '@types'))
  for (const needed of ['kafkajs', 'lz4-napi', join('@types', 'node')])
    symlinkSync(join(kit, 'node_modules', needed), join(project, 'node_modules', needed))
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
  return {}
}
