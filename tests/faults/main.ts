import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chosenSeed } from '../random.ts'

const usage = `Usage: npm run test:faults -- [--seed N] [--minutes M] [--only WORDS]

Breaks every part of the pipeline in turn and checks that nothing is lost and nothing stored twice.
  --seed N       repeats a run (default: a new seed, which is printed)
  --minutes M    how long the storm of random faults lasts (default 2)
  --only WORDS   only cases whose title contains these words, any sign for a sign`

const options = { seed: { type: 'string' }, minutes: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean' } } as const
process.exitCode = await run(process.argv.slice(2))

/** Runs the whole suite; the exit code. */
async function run(args: string[]): Promise<number> {
  const given = read(args)
  if (typeof given === 'string') {
    console.error(`${given}\n\n${usage}`)
    return 2
  }
  const { seed = String(chosenSeed()), minutes = '2', only, help } = given
  if (help) {
    console.log(usage)
    return 0
  }
  console.log(`fault suite: seed ${seed}`)
  const filter = only === undefined ? [] : ['--testNamePattern', only.replace(/[^\w\s]/g, '.')]
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs')
  const env = { ...process.env, FAULTS: 'all', FAULT_SEED: seed, FAULT_MINUTES: minutes }
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'faults', ...filter], { stdio: 'inherit', env })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

/** The options, or what is wrong with them. */
function read(args: string[]) {
  try {
    const { values } = parseArgs({ args, options })
    if (!/^\d*$/.test(values.seed ?? '')) return `Expected a whole number for --seed, was "${values.seed}"`
    if (!(Number(values.minutes ?? 1) > 0)) return `Expected a number of minutes for --minutes, was "${values.minutes}"`
    return values
  } catch (error) {
    return (error as Error).message
  }
}
