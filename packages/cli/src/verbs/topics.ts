import { type Bus, isEmptyPlan, type TopicPlan } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { Command } from 'commander'
import { busFor } from '../connect.ts'
import { loadConnections } from '../connections.ts'
import { type Format, formatOption, print } from '../output.ts'

interface Options {
  readonly format: Format
  readonly data: string
}

const topicDefinitions = entities.map(({ topic }) => topic)
const waitMs = 60_000

/** `tickhouse topics plan|apply`: brings Kafka's topics in line with the catalogue, adding only. */
export function topics(): Command {
  return new Command('topics')
    .description("Show or make the differences between Kafka's topics and the catalogue")
    .addCommand(verb('plan', 'Show what apply would do; changes nothing', async (_bus, plan) => plan))
    .addCommand(
      verb('apply', 'Create what is missing and change what may be changed; a second time it finds everything done', async (bus, plan) => {
        await bus.topics.apply(plan)
        return plan
      }),
    )
}

function verb(name: 'plan' | 'apply', description: string, run: (bus: Bus, plan: TopicPlan) => Promise<TopicPlan>): Command {
  return new Command(name)
    .description(description)
    .option('--data <folder>', 'data folder of `tickhouse start`, for the address of Kafka when the environment has none', '.tickhouse')
    .addOption(formatOption())
    .addHelpText('after', `\nExamples:\n  tickhouse topics ${name}\n  KAFKA_BROKERS=kafka:9092 tickhouse topics ${name} --format json`)
    .action(async ({ format, data }: Options) => {
      const bus = busFor('topics', loadConnections(process.env, data, ['brokers']).brokers, process.env)
      const plan = await bus.topics.plan(topicDefinitions, AbortSignal.timeout(waitMs))
      printPlan(plan, format)
      await run(bus, plan)
    })
}

/** One line per difference, or the plan as JSON. */
export function printPlan(plan: TopicPlan, format: Format): void {
  if (format === 'json') return void process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`)
  if (isEmptyPlan(plan)) console.log(`All ${topicDefinitions.length} topics are as the catalogue says.`)
  else print(planRows(plan), ['topic', 'action', 'what', 'from', 'to'], 'table')
}

function planRows({ create, alter, refused }: TopicPlan) {
  return [
    ...create.map(({ name, partitions }) => ({ topic: name, action: 'create', what: 'partitions', from: null, to: partitions })),
    ...alter.flatMap(({ topic, partitions, config }) => [
      ...(partitions ? [{ topic, action: 'add (keys move)', what: 'partitions', ...partitions }] : []),
      ...config.map(({ name, from, to }) => ({ topic, action: 'set', what: name, from: from ?? '(default)', to })),
    ]),
    ...refused.map(({ topic, what, is, wanted }) => ({ topic, action: 'REFUSED', what, from: is, to: wanted })),
  ]
}
