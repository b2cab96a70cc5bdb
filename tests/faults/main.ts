import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine, filesAtATime, measureMachine, slownessOf } from '@tickhouse/testkit/machine'
import { startVitest, type Vitest } from 'vitest/node'
import { chosenSeed } from '../random.ts'

const usage = `Usage: npm run test:faults -- [--seed N] [--minutes M] [--only WORDS] [--storm KIND] [--jobs N]

Breaks every part of the pipeline in turn and checks that nothing is lost and nothing stored twice.
  --seed N       repeats a run (default: a new seed, which is printed)
  --minutes M    how long each storm lasts (default 2)
  --only WORDS   only cases whose title contains these words, any sign for a sign
  --jobs N       how many files of cases run at a time, each with servers of its own (default: as many as the machine carries)
  --storm KIND   only a storm: everything (all faults at random), or questdb (QuestDB is killed at random, and everything is verified after each time;
                 the first finding ends it, and the data of the servers are kept)`

const storms: Readonly<Record<string, string>> = { everything: 'faults/storm.fault', questdb: 'faults/questdb-storm.fault' }

const options = {
  seed: { type: 'string' },
  minutes: { type: 'string' },
  only: { type: 'string' },
  storm: { type: 'string' },
  jobs: { type: 'string' },
  help: { type: 'boolean' },
} as const
process.exitCode = await run(process.argv.slice(2))

/** Runs the whole suite; the exit code. */
async function run(args: string[]): Promise<number> {
  const given = read(args)
  if (typeof given === 'string') {
    console.error(`${given}\n\n${usage}`)
    return 2
  }
  const { seed = String(chosenSeed()), minutes = '2', only, storm, help } = given
  if (help) {
    console.log(usage)
    return 0
  }
  console.log(`fault suite: seed ${seed}`)
  Object.assign(process.env, { FAULTS: 'all', FAULT_SEED: seed, FAULT_MINUTES: minutes, ...fittingTheMachine(given.jobs) })
  const chosen = new RegExp((only ?? '').replace(/[^\w\s]/g, '.'), 'i')
  const vitest = await startVitest('test', storm === undefined ? [] : [storms[storm]!], {
    root: join(import.meta.dirname, '../..'),
    project: 'faults',
    testNamePattern: chosen,
    watch: false,
  })
  const titles = titlesOf(vitest)
  await vitest.close()
  if (titles.length > 0 && !titles.some(title => chosen.test(title))) {
    console.error(`No case has "${only}" in its title; these are the cases:\n${titles.map(title => `  ${title}`).join('\n')}\n\n${usage}`)
    return 2
  }
  return Number(process.exitCode ?? 0)
}

/** How many files run at a time and how long everything may take, after a control of the machine as it is now. */
function fittingTheMachine(jobs: string | undefined): Readonly<Record<string, string>> {
  const machine = measureMachine()
  const { FAULT_PATIENCE = String(slownessOf(machine)) } = process.env
  const FAULT_JOBS = jobs ?? String(filesAtATime(machine))
  console.log(`${describeMachine(machine)}: ${FAULT_JOBS} files at a time, every limit ${FAULT_PATIENCE} times as long as usual`)
  return { FAULT_JOBS, FAULT_PATIENCE }
}

/** The titles of all cases, chosen or not, each after its place, as `--only` compares them. */
function titlesOf(vitest: Vitest): string[] {
  return vitest.state.getTestModules().flatMap(module => [...module.children.allTests()].map(test => test.fullName))
}

/** The options, or what is wrong with them. */
function read(args: string[]) {
  try {
    const { values } = parseArgs({ args, options })
    if (!/^\d*$/.test(values.seed ?? '')) return `Expected a whole number for --seed, was "${values.seed}"`
    if (!(Number(values.minutes ?? 1) > 0)) return `Expected a number of minutes for --minutes, was "${values.minutes}"`
    if (!/^[1-9]\d*$/.test(values.jobs ?? '1')) return `Expected a number of files for --jobs, was "${values.jobs}"`
    if (values.storm !== undefined && !(values.storm in storms))
      return `Expected ${Object.keys(storms).join(' or ')} for --storm, was "${values.storm}"`
    return values
  } catch (error) {
    return (error as Error).message
  }
}
