import fc from 'fast-check'
import { test } from 'vitest'
import { type Ending, type Fault, JournalLives, type LivesOptions } from './journal-lives.ts'

type Step = fc.AsyncCommand<object, JournalLives>

/** One thing that happens to a journal; if its life has ended before, it is opened again first. */
function step(name: string, run: (lives: JournalLives) => unknown): Step {
  return {
    check: () => true,
    run: async (_, lives) => {
      await lives.revive()
      await run(lives)
    },
    toString: () => name,
  }
}

const size = fc.oneof({ weight: 6, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.nat(80_000) })
const faults = fc.constantFrom<Fault>('none', 'full', 'broken', 'not lasting', 'short writes')
const ending = fc.constantFrom<Ending>('kill', 'power loss')

const append = fc
  .tuple(fc.integer({ min: 1, max: 8 }), size)
  .map(([count, bytes]) => step(`append ${count} × ${bytes}`, lives => lives.append(count, bytes)))
const flush = fc.boolean().map(isAwaited => step(`flush${isAwaited ? '' : ' meanwhile'}`, lives => lives.flush(isAwaited)))
const end = fc
  .tuple(ending, fc.array(fc.nat(25), { minLength: 1, maxLength: 3 }))
  .map(([how, after]) => step(`${how} after ${after} steps`, lives => lives.endAfter(how, after)))
const others = [
  fc.boolean().map(isSame => step(`begin ${isSame ? 'the same' : 'a'} session`, lives => lives.beginSession(isSame))),
  fc.constant(step('heartbeat', lives => lives.heartbeat())),
  fc.constant(step('close session', lives => lives.closeSession())),
  fc.tuple(faults, fc.nat(300)).map(([fault, room]) => step(`disk: ${fault} (${room})`, lives => lives.setFault(fault, room))),
  fc.boolean().map(isAwaited => step(`compress${isAwaited ? '' : ' meanwhile'}`, lives => lives.compress(isAwaited))),
  fc.nat(3_000).map(maxBytes => step(`retain ${maxBytes} bytes`, lives => lives.retain(maxBytes))),
  fc.constant(step('read on', lives => lives.readOn())),
  fc.constant(step('restart', lives => lives.restart())),
]
/** One is as likely as the other, so what matters in combination stands here more than once. */
const steps = [append, append, append, flush, flush, flush, end, end, ...others]

const options: fc.Arbitrary<LivesOptions> = fc.record({
  seed: fc.integer(),
  segmentBytes: fc.integer({ min: 1, max: 1_500 }),
  fsyncMs: fc.constantFrom(0, 1, 10_000),
  tailBytes: fc.constantFrom(1, 1_000_000),
  maxTurns: fc.nat(3),
})

/** More for a longer search: `JOURNAL_MODEL_RUNS=5000`. */
const numRuns = Number(process.env['JOURNAL_MODEL_RUNS'] ?? 150)

test('whatever happens to process and disk, what was acknowledged is read once and in order, and what is missing is told', {
  timeout: 600_000,
}, async () => {
  const property = fc.asyncProperty(options, fc.commands(steps, { maxCommands: 40, size: '+1' }), async (settings, commands) => {
    const lives = await JournalLives.begin(settings)
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: lives }), commands)
      await lives.finish()
    } finally {
      await lives.close()
    }
  })
  await fc.assert(property, { numRuns, interruptAfterTimeLimit: 500_000 })
})
