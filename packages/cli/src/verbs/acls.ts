import { type AccessPlan, type Bus, grantsOf } from '@tickhouse/bus'
import { type AccessRole, accessRoles, accessRules, defaultSinkGroup } from '@tickhouse/catalogue'
import { UsageError } from '@tickhouse/runtime'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { busFor, loadConnections } from '../connections.ts'
import { withinMinutes } from '../interruptible.ts'
import { type Format, formatOption, print, printJson, printLines } from '../output.ts'

interface Options {
  readonly group: string
  readonly user: Users
  readonly format: Format
  readonly data: string
}

type Users = Readonly<Partial<Record<AccessRole, string>>>

/** `tickhouse acls plan|apply`: brings Kafka's access rules in line with the catalogue, adding only. */
export function acls(): Command {
  return new Command('acls')
    .description("Show or make the differences between Kafka's access rules and what each role needs")
    .addCommand(verb('plan', 'Show what apply would do; change nothing', async () => {}))
    .addCommand(verb('apply', 'Grant missing access rules; remove none', (bus, plan, signal) => bus.access.apply(plan, signal)))
}

function verb(
  name: 'plan' | 'apply',
  description: string,
  run: (bus: Bus, plan: AccessPlan, signal: AbortSignal) => Promise<void>,
): Command {
  return new Command(name)
    .description(description)
    .option('--group <name>', 'the consumer group of the sinks', defaultSinkGroup)
    .option('--user <role=name>', `user with a role (${accessRoles.join(', ')}); by default the user has the name of the role`, userIn, {})
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', `\nExamples:\n  tickhouse acls ${name}\n  tickhouse acls ${name} --user consumer=research --user sink=sink-1\n`)
    .action(async ({ group, user, format, data }: Options) => {
      const { brokers } = loadConnections(process.env, data, ['brokers'])
      const bus = busFor('acls', brokers, process.env)
      const wanted = grantsOf(accessRules(group), role => user[role] ?? role)
      const plan = await withinMinutes('Nothing was changed.', ({ tell, signal }) => {
        tell(() => `Asking Kafka at ${brokers.join(', ')} for its access rules`)
        return bus.access.plan(wanted, signal)
      })
      printPlan(plan, format)
      await withinMinutes('What was granted stays; run the same command again.', ({ signal }) => run(bus, plan, signal))
    })
}

function userIn(word: string, users: Users): Users {
  const [role = '', name] = word.split(/=(.*)/s, 2)
  if (!accessRoles.includes(role as AccessRole) || !name)
    throw new UsageError(`Expected role=name with one of the roles ${accessRoles.join(', ')}, was "${word}"`)
  return { ...users, [role]: name }
}

function printPlan({ create, beyond }: AccessPlan, format: Format): void {
  if (format === 'json') return void printJson({ create, beyond })
  const rows = [...create.map(grant => ({ action: 'grant', ...grant })), ...beyond.map(grant => ({ action: 'BEYOND (stays)', ...grant }))]
  if (rows.length === 0) printLines(['All access rules are as the catalogue says.'])
  else print(rows, ['action', 'principal', 'operation', 'resource', 'pattern', 'name'], 'table')
}
