import { delay } from '@tickhouse/runtime'
import { scaledTimeout } from '@tickhouse/testkit'
import { conserved, describeFaults, type FaultCase, fault, flow, gentle, minutes } from './faults.ts'
import { shiftedClock } from './shifted-clock.ts'
import { troubles } from './troubles.ts'

/** What the draw is from: each trouble as often as its weight says. */
const tickets = troubles.flatMap(trouble => Array.from({ length: trouble.weight }, () => trouble))

describeFaults('everything at once', () => {
  fault(
    `random faults for ${minutes} minutes`,
    async given => {
      const { pipeline, random } = given
      const settings = {
        collector: { ...shiftedClock(pipeline).env, KIWOOM_SILENCE: `${scaledTimeout(4_000)}ms` },
        simulator: { SIMULATOR_PING_SECONDS: '1' },
      }
      await pipeline.run({ rate: gentle, seed: random.seed, ...settings })
      await flow(pipeline, 100)
      await storm(given, performance.now() + minutes * 60_000)
      await conserved(pipeline, { gaps: troubles.flatMap(({ gaps }) => gaps), deadLetters: 'some', repeats: true })
    },
    { always: true, timeoutMs: 300_000 + minutes * 60_000 },
  )
})

/** Begins and ends troubles at random, at most one at each place, until the time is over; then everything is well again. */
async function storm(given: FaultCase, untilMs: number): Promise<void> {
  const { random } = given
  const open = new Map<string, () => unknown>()
  while (performance.now() < untilMs) {
    await delay(random.between(200, 4_000))
    const { name, place, needs, act } = random.of(tickets)
    console.log(`${open.has(place) ? 'over' : 'begins'}: ${open.has(place) ? place : name}`)
    if (open.has(place)) await end(open, place)
    else {
      if (needs !== undefined && open.has(needs)) await end(open, needs)
      open.set(place, await act(given))
    }
  }
  for (const place of [...open.keys()]) await end(open, place)
}

async function end(open: Map<string, () => unknown>, place: string): Promise<void> {
  await open.get(place)!()
  open.delete(place)
}
