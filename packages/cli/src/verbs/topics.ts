import { BusError, type ConfigChange, dangerIn, isEmptyPlan, replicasText, type TopicPlan, topicDefinitions } from '@tickhouse/bus'
import { messageOf } from '@tickhouse/runtime'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { busFor, loadConnections } from '../connections.ts'
import { withinMinutes } from '../interruptible.ts'
import { complain, type Format, formatOption, print, printJson, printLines } from '../output.ts'

interface Options {
  readonly format: Format
  readonly data: string
}

interface ApplyOptions extends Options {
  readonly lenient?: true
}

const settings = `
KAFKA_REPLICATION and KAFKA_MIN_INSYNC say how new topics are spread over brokers; the broker's defaults where they are not set. The latter
is set for topics that exist too.`
const applyHelp = `${settings} What cannot be changed is named, everything else is done, and the exit code is 1.

Examples:
  tickhouse topics apply
  KAFKA_BROKERS=kafka:9092 KAFKA_REPLICATION=3 KAFKA_MIN_INSYNC=2 tickhouse topics apply
  tickhouse topics apply --lenient        exit 0 when everything works with what is left`

/** `tickhouse topics plan|apply`: brings Kafka's topics in line with the catalogue, adding only. */
export function topics(): Command {
  return new Command('topics')
    .description("Show or make the differences between Kafka's topics and the catalogue")
    .addCommand(plan())
    .addCommand(apply())
}

function plan(): Command {
  return new Command('plan')
    .description('Show what apply would do, other differences, and how topics are replicated; change nothing')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      `${settings}\n\nExamples:\n  tickhouse topics plan\n  KAFKA_BROKERS=kafka:9092 tickhouse topics plan --format json`,
    )
    .action(async (options: Options) => {
      await shown(options)
    })
}

function apply(): Command {
  return new Command('apply')
    .description('Create missing topics and change settings that can be changed; running it again does nothing')
    .option('--lenient', 'exit 0 when the only differences left are additional partitions or other replicas')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', applyHelp)
    .action(async (options: ApplyOptions) => {
      const { bus, plan } = await shown(options)
      try {
        await withinMinutes('What was made stays; run the same command again.', ({ tell, signal }) => {
          tell(() => 'Changing topics')
          return bus.topics.apply(plan, signal)
        })
      } catch (error) {
        if (options.lenient !== true || !isHarmless(error)) throw error
        complain(messageOf(error))
      }
    })
}

/** Prints what stands between Kafka and the catalogue, or the plan as JSON. */
async function shown({ format, data }: Options) {
  const definitions = topicDefinitions(process.env)
  const { brokers } = loadConnections(process.env, data, ['brokers'])
  const bus = busFor('topics', brokers, process.env)
  const plan = await withinMinutes('Nothing was changed.', ({ tell, signal }) => {
    tell(() => `Asking Kafka at ${brokers.join(', ')} for its topics`)
    return bus.topics.plan(definitions, signal)
  })
  if (format === 'json') printJson(plan)
  else printPlan(plan, definitions.length)
  return { bus, plan }
}

/** Whether everything works with what could not be changed. */
function isHarmless(error: unknown): boolean {
  return error instanceof BusError && Array.isArray(error.details['failed']) && error.details['failed'].length === 0
}

function printPlan(plan: TopicPlan, count: number): void {
  const rows = planRows(plan)
  if (isEmptyPlan(plan))
    printLines([`All ${count} topics are as the catalogue says${rows.length > 0 ? ', and more was set for some:' : '.'}`])
  if (rows.length > 0) print(rows, ['topic', 'action', 'what', 'from', 'to', 'note'], 'table')
  printLines(replicasText(plan.replicas))
}

function planRows({ create, alter, refused, kept }: TopicPlan) {
  return [
    ...create.map(({ name, partitions }) => ({ topic: name, action: 'create', what: 'partitions', from: null, to: partitions })),
    ...alter.flatMap(({ topic, partitions, config }) => [
      ...(partitions ? [{ topic, action: 'add (keys move)', what: 'partitions', ...partitions }] : []),
      ...config.map(change => ({ topic, action: 'set', what: change.name, from: fromText(change), to: change.to, note: noteOf(change) })),
    ]),
    ...refused.map(({ topic, what, is, wanted }) => ({ topic, action: 'REFUSED', what, from: is, to: wanted, note: 'works as it is' })),
    ...kept.map(({ topic, name, is }) => ({ topic, action: 'keep', what: name, from: is, to: null, note: 'not in the catalogue; works' })),
  ]
}

function fromText({ from, inForce }: ConfigChange): string {
  return from ?? (inForce === undefined ? '(default)' : `${inForce} (default)`)
}

function noteOf(change: ConfigChange): string | null {
  const danger = dangerIn(change)
  return danger === undefined ? null : `DANGER: ${danger}`
}
