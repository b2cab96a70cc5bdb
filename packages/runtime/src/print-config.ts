import { type ConfigOf, type ConfigSpec, describeConfig } from './config.ts'
import { visible } from './visible.ts'

/** True when the process was started with `--print-config`, only to be asked for its settings: then they are on stdout, secrets redacted. */
export function printedConfig<S extends ConfigSpec>(spec: S, config: ConfigOf<S>, argv: readonly string[] = process.argv): boolean {
  if (!argv.includes('--print-config')) return false
  const rows = describeConfig(spec, config)
  process.stdout.write(rows.map(({ variable, value, describe }) => `# ${describe}\n${variable}=${visible(value)}\n`).join(''))
  return true
}
