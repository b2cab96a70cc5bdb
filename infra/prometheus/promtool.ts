import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/** The program that checks rules: PROMTOOL, or the first on the PATH; undefined when there is none. */
export function findPromtool({ PROMTOOL, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (PROMTOOL) return PROMTOOL
  return PATH.split(delimiter)
    .map(folder => join(folder, 'promtool'))
    .find(isExecutable)
}

/** A `describe` whose tests get promtool; skipped, with the reason in its title, when there is none. */
export function describeWithPromtool(title: string, tests: (promtool: (...words: string[]) => Promise<Outcome>) => void): void {
  const program = findPromtool(process.env)
  if (program !== undefined) describe(title, () => tests((...words) => run(program, words)))
  else {
    process.stderr.write("NO PROMTOOL: Prometheus' rules are NOT checked. Install Debian's package prometheus, or set PROMTOOL.\n")
    describe.skip(`${title} (skipped, because there is no promtool on the PATH and PROMTOOL is not set)`, () =>
      tests(() => Promise.reject()))
  }
}

/** How promtool ended and what it said. */
export interface Outcome {
  readonly code: number
  readonly output: string
}

function run(program: string, words: readonly string[]): Promise<Outcome> {
  return new Promise(resolve =>
    execFile(program, words, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    ),
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
