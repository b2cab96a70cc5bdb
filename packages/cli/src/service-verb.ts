import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { Command } from 'commander'
import { serviceMain } from './service-main.ts'

/** A verb that runs one service in the foreground. */
export interface ServiceVerb {
  readonly verb: string
  readonly service: string
  readonly description: string
  readonly examples: readonly string[]
}

/** A verb whose process is the service's: the same terminal, the same signals, the same exit code. Settings come from the environment. */
export function serviceVerb({ verb, service, description, examples }: ServiceVerb): Command {
  return new Command(verb)
    .description(description)
    .option('--print-config', 'print the settings as the environment gives them, secrets redacted, and exit')
    .addHelpText('after', `\nExamples:\n${examples.map(example => `  ${example}`).join('\n')}`)
    .action(async ({ printConfig }: { printConfig?: true }) => {
      process.exitCode = await runInForeground(serviceMain(service), printConfig ? ['--print-config'] : [])
    })
}

/** Runs a script with our terminal and our signals; gives its exit code, 128 + the signal's number when a signal ended it. */
async function runInForeground(main: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' })
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward)
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + constants.signals[signal!]
}
