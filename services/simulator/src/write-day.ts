import { loadCalendar } from '@tickhouse/calendar'
import { openJournal } from '@tickhouse/journal'
import { loadConfig, runService, TickhouseError, tellParent } from '@tickhouse/runtime'
import { daySpec } from './day/config.ts'
import { writeDay } from './day/write-day.ts'

const tellEveryMs = 500

/** Writes one day into a journal, and ends. */
await runService('simulator', async ({ env, log, lifecycle }) => {
  const { directory, ...order } = loadConfig(daySpec, env)
  const calendar = loadCalendar(env)
  const { signal } = lifecycle
  const journal = lifecycle.own('journal', await openJournal({ directory, log, onLoss: () => lifecycle.fail(lossOf(directory)) }))
  let tell: (() => string) | undefined
  const telling = setInterval(() => tell !== undefined && tellParent(tell), tellEveryMs)
  lifecycle.own('telling', { close: () => clearInterval(telling) })
  await writeDay(
    journal,
    { ...order, calendar },
    {
      tell: sentence => {
        tell = sentence
      },
      signal,
    },
  )
  lifecycle.stop('the day is written')
})

function lossOf(directory: string): TickhouseError {
  return new TickhouseError('JOURNAL_NOT_WRITTEN', `The disk of ${directory} did not take all of the day`)
}
