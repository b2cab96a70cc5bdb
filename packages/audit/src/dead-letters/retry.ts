import { datasetOfType } from '@tickhouse/catalogue'
import { journalWith } from '../journal/sessions.ts'
import { withRepairLock } from '../rebuild/repair-lock.ts'
import { requireTables } from '../require-tables.ts'
import type { DeadLetter } from './letters.ts'
import { type DeadLetterRetryOptions, outcomeOf, type RetryOutcome } from './outcome.ts'
import { retryCollector } from './retry-collector.ts'
import { retrySink } from './retry-sink.ts'
import { entityFor, storedDeadLetters } from './stored.ts'

/** Tries again what could not be read or stored, after what stood in the way was mended; one outcome per letter, in their order. */
export async function retryDeadLetters(letters: readonly DeadLetter[], options: DeadLetterRetryOptions): Promise<RetryOutcome[]> {
  const stored = await storedDeadLetters(options.store, letters, options.signal)
  const [there, open] = [letters.filter(({ id }) => stored.has(id)), letters.filter(({ id }) => !stored.has(id))]
  const [possible, hopeless] = [open.filter(isPossible), open.filter(letter => !isPossible(letter))]
  await requireTables(options.store, [...new Set(possible.map(letter => entityFor(letter)!.table))], options.signal)
  const outcomes = [
    ...there.map(letter => outcomeOf(letter, 'already there')),
    ...hopeless.map(letter => outcomeOf(letter, 'still refused', whyNot(letter))),
    ...(await retryCollectors(
      possible.filter(({ stage }) => stage === 'collector'),
      options,
    )),
    ...(await retrySinks(
      possible.filter(({ stage }) => stage === 'sink'),
      options,
    )),
  ]
  const byId = new Map(outcomes.map(outcome => [outcome.id, outcome]))
  return letters.map(({ id }) => byId.get(id)!)
}

/** Letters of the collector first: a letter of the sink about the same record is then met in its table. */
async function retryCollectors(letters: readonly DeadLetter[], options: DeadLetterRetryOptions): Promise<RetryOutcome[]> {
  if (letters.length === 0) return []
  const journals = new Map<string, string>()
  for (const { session } of letters) if (!journals.has(session)) journals.set(session, await journalOf(session, options.journalDirectories))
  const outcomes: RetryOutcome[] = []
  for (const [directory, own] of Map.groupBy(letters, ({ session }) => journals.get(session)!))
    outcomes.push(...(await retryFrom(directory, own, options)))
  return outcomes
}

/** A session that has left its journal is retried from its letters: then any journal will do. */
async function journalOf(session: string, directories: readonly string[]): Promise<string> {
  return (await journalWith(session, directories)) ?? directories[0]!
}

async function retryFrom(
  journalDirectory: string,
  letters: readonly DeadLetter[],
  options: DeadLetterRetryOptions,
): Promise<RetryOutcome[]> {
  const groups = Map.groupBy(letters, ({ session, dataset }) => `${session}/${dataset}`)
  const retryAll = async () => {
    const outcomes: RetryOutcome[] = []
    for (const group of groups.values())
      outcomes.push(...(await retryCollector(group[0]!.session, group[0]!.dataset, group, { ...options, journalDirectory })))
    return outcomes
  }
  return options.dryRun ? retryAll() : withRepairLock(journalDirectory, retryAll)
}

async function retrySinks(letters: readonly DeadLetter[], options: DeadLetterRetryOptions): Promise<RetryOutcome[]> {
  const outcomes: RetryOutcome[] = []
  for (const [dataset, group] of Map.groupBy(letters, letter => letter.dataset))
    outcomes.push(...(await retrySink(dataset, group, options)))
  return outcomes
}

/** Whether the record has a number, and a table to go to. */
function isPossible(letter: DeadLetter): boolean {
  return letter.dataset !== '*' && entityFor(letter) !== undefined
}

function whyNot({ dataset, reason, type, session, detail }: DeadLetter): string {
  if (dataset !== '*') return `The catalogue has no dataset ${dataset}`
  const known = reason === 'unknown_type' && type !== null ? datasetOfType(type) : undefined
  if (known)
    return `The catalogue knows type ${type} by now: \`tickhouse rebuild --dataset ${known.name} --session ${session}\` makes its records`
  if (reason === 'unknown_type') return `The catalogue does not know type ${type}`
  return `${reason}: ${detail}; it cannot become a record; its frame stays in the journal`
}
