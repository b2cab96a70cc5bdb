import { readFileSync } from 'node:fs'
import { messageOf, TickhouseError } from './errors.ts'
import type { Setting } from './settings.ts'
import { visible } from './visible.ts'

/** The environment a process was started with. */
export type Env = Readonly<Record<string, string | undefined>>

/** The settings of a process by the names it uses for them. */
export type ConfigSpec = Readonly<Record<string, Setting<unknown>>>

/** The values a spec describes. */
export type ConfigOf<S extends ConfigSpec> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/** One value that could not be used; `value` is left out for secrets and for what was not given. */
export interface ConfigProblem {
  readonly name: string
  readonly value?: string
  readonly expected: string
}

/** Every problem of a configuration at once; a process ends with exit code 2. */
export class ConfigError extends TickhouseError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('CONFIG_INVALID', ['The configuration cannot be used:', ...problems.map(problemLine)].join('\n'), { problems })
    this.problems = problems
  }
}

/** Reads every setting; an empty variable counts as absent. Throws ConfigError with all problems together. */
export function loadConfig<S extends ConfigSpec>(spec: S, env: Env): ConfigOf<S> {
  const problems: ConfigProblem[] = []
  const entries = Object.entries(spec).map(([name, setting]) => [name, read(setting, env, problems)])
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(Object.fromEntries(entries)) as ConfigOf<S>
}

/** The effective values for `--print-config`, secrets redacted. */
export function describeConfig<S extends ConfigSpec>(
  spec: S,
  config: ConfigOf<S>,
): { variable: string; value: string; describe: string }[] {
  return Object.entries(spec).map(([name, { variable, describe, secret }]) => {
    const value = config[name]
    return { variable, value: value === undefined ? '' : secret ? '[redacted]' : String(value), describe }
  })
}

function read(setting: Setting<unknown>, env: Env, problems: ConfigProblem[]): unknown {
  const given = textOf(setting, env, problems)
  if (given === failed) return undefined
  if (given === undefined) {
    if (setting.required) problems.push({ name: setting.variable, expected: setting.expected })
    return setting.default
  }
  const value = setting.parse(given)
  if (value === undefined)
    problems.push({ name: setting.variable, expected: setting.expected, ...(setting.secret ? {} : { value: given }) })
  return value
}

const failed = Symbol('a file that could not be read')

function textOf({ variable, secret }: Setting<unknown>, env: Env, problems: ConfigProblem[]): string | undefined | typeof failed {
  const given = env[variable] || undefined
  const path = secret ? env[`${variable}_FILE`] || undefined : undefined
  if (path === undefined) return given
  if (given !== undefined) {
    problems.push({ name: `${variable}_FILE`, value: path, expected: `only one of ${variable} and ${variable}_FILE` })
    return failed
  }
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch (error) {
    problems.push({ name: `${variable}_FILE`, value: path, expected: `the path of a readable file (${messageOf(error)})` })
    return failed
  }
}

function problemLine({ name, value, expected }: ConfigProblem): string {
  return visible(`  ${name}: expected ${expected}${value === undefined ? '' : `, was ${JSON.stringify(value)}`}`)
}
