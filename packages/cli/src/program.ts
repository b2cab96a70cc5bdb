import { ConfigError, isAbort, messageOf, TickhouseError, UsageError, version } from '@tickhouse/runtime'
import { Command, CommanderError } from 'commander'
import { complain } from './output.ts'
import { verbs } from './verbs/index.ts'

/** Does what the command line says. Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration. Data go to stdout, everything else to stderr. */
export async function run(): Promise<void> {
  const program = new Command('tickhouse')
    .description('Captures the realtime feed of the Kiwoom REST API into Kafka and QuestDB, exactly once')
    .version(version)
    .showHelpAfterError('(add --help for the options and examples)')
    .exitOverride()
  // The reader of the output may stop reading: `tickhouse catalogue all | head`.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  })
  for (const verb of verbs) program.addCommand(withOverride(verb()))
  try {
    await program.parseAsync()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    // What the work was waiting for, such as a server that never answers, must not keep the process.
    if (isInterruption(error)) process.exit()
  }
}

function isInterruption(error: unknown): boolean {
  return isAbort(error) || (error instanceof TickhouseError && ['INTERRUPTED', 'TIMED_OUT'].includes(error.code))
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  complain(isAbort(error) ? 'Interrupted before it was done' : messageOf(error))
  return error instanceof ConfigError || error instanceof UsageError ? 2 : 1
}

/** commander ends the process by itself unless each command, at every depth, is told to throw. */
function withOverride(command: Command): Command {
  command.exitOverride()
  for (const child of command.commands) withOverride(child)
  return command
}
