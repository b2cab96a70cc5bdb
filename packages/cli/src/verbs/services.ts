import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { serviceMain } from '@tickhouse/launch'
import { Command } from 'commander'

/** `tickhouse collect`: the collector alone, in the foreground. */
export function collect(): Command {
  return serviceVerb({
    verb: 'collect',
    service: 'collector',
    description: 'Run the collector alone: from the venue to Kafka',
    examples: [
      'KIWOOM_ENV=mock KIWOOM_APP_KEY_FILE=app.key KIWOOM_SECRET_KEY_FILE=secret.key KAFKA_BROKERS=localhost:9092 JOURNAL_DIR=./journal tickhouse collect',
    ],
  })
}

/** `tickhouse sink`: the sink alone, in the foreground. */
export function sink(): Command {
  return serviceVerb({
    verb: 'sink',
    service: 'sink',
    description: 'Run the sink alone: from Kafka to QuestDB',
    examples: ['KAFKA_BROKERS=localhost:9092 QDB_CLIENT_CONF="http::addr=localhost:9000;" tickhouse sink'],
  })
}

/** `tickhouse simulate`: the simulated venue alone, in the foreground. */
export function simulate(): Command {
  return serviceVerb({
    verb: 'simulate',
    service: 'simulator',
    description: "Run the simulator alone: the venue's REST and WebSocket side on one port",
    examples: ['SIMULATOR_PORT=8443 SIMULATOR_RATE=500 tickhouse simulate', 'SIMULATOR_FRAMES=./my-frames tickhouse simulate'],
  })
}

/** A verb that runs one service in the foreground. */
export interface ServiceVerb {
  readonly verb: string
  readonly service: string
  readonly description: string
  readonly examples: readonly string[]
}

/** A verb whose process is the service's: the same terminal, the same signals, the same exit code. Settings come from the environment. */
function serviceVerb({ verb, service, description, examples }: ServiceVerb): Command {
  return new Command(verb)
    .description(description)
    .option('--print-config', 'print the settings in effect, without secrets, and exit')
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
