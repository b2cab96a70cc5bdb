import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { scaledTimeout } from '@tickhouse/testkit'

const run = promisify(execFile)

/** Python with some packages, or why there is none. */
export type Python = { readonly python: string } | { readonly missing: string }

/** Makes a virtual environment in the folder with the packages of a file beside this one; says loudly where that cannot be. */
export async function pythonWith(requirements: string, folder: string): Promise<Python> {
  const python = join(folder, 'bin', 'python')
  try {
    await run('python3', ['-m', 'venv', folder])
    const options = ['--quiet', '--disable-pip-version-check', '--no-cache-dir', '--only-binary', ':all:', '--retries', '1']
    const file = join(import.meta.dirname, requirements)
    await run(python, ['-m', 'pip', 'install', ...options, '--requirement', file], { timeout: scaledTimeout(240_000) })
    return { python }
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr || error)
      .trim()
      .split('\n')
    const missing = `the packages of tests/clients/${requirements} cannot be installed: ${lines.at(-1)}`
    console.warn(`clients: SKIPPED, because ${missing}`)
    return { missing }
  }
}
