import { koreanTime } from '@tickhouse/calendar'
import { delays, losses, silences, suspendedTables, type Trouble } from '../observe/troubles.ts'
import type { Advice } from './advice.ts'
import type { PageProblem } from './page-state.ts'
import { type CollectorReading, type PageReading, publishingTrouble, type Readiness, troubleWith } from './reading.ts'

const noticeMs = 3_600_000
const maxNotices = 5

/** Everything that is wrong, in words, with what mends it; the worst first. */
export function pageProblems(reading: PageReading, advice: Advice): PageProblem[] {
  const { snapshot, collectors, sink, today } = reading
  const { command } = advice
  return [
    ...collectors.flatMap(collector => silentCollector(collector, collectors.length, advice)),
    ...questdb(reading, advice),
    ...kafka(reading, advice),
    ...silentSink(sink, advice),
    ...collectors.flatMap(({ title, readiness }) => own(title, readiness, command('doctor'))),
    ...own('sink', sink, command('doctor')),
    ...named('suspended', 'bad', suspendedTables(snapshot)),
    ...stale(reading, command('doctor')),
    ...notices(reading),
    ...named('silent items', 'poor', silences(snapshot, command)),
    ...named('late', 'poor', delays(snapshot, command)),
    ...named('lost', 'poor', losses(today, command)),
  ]
}

/** One of several collectors is named with its address, since it may never have told its name. */
function silentCollector({ title, url, readiness }: CollectorReading, count: number, { revive }: Advice): PageProblem[] {
  if (!(readiness instanceof Error)) return []
  const problem =
    count === 1
      ? 'The collector does not answer: nothing is captured, and what the venue sends now is a gap'
      : `The ${title} (${url}) does not answer: nothing of its items is captured, and what the venue sends of them now is a gap`
  return [{ about: title, condition: 'bad', problem, remedy: revive('collector', url) }]
}

function silentSink(sink: Readiness, { revive }: Advice): PageProblem[] {
  if (!(sink instanceof Error)) return []
  const problem = 'The sink does not answer: what is captured waits in Kafka, and nothing is lost'
  return [{ about: 'sink', condition: 'bad', problem, remedy: revive('sink') }]
}

function questdb({ snapshot: { tablesProblem } }: PageReading, { revive }: Advice): PageProblem[] {
  if (tablesProblem === undefined) return []
  const problem = `QuestDB does not answer (${tablesProblem}): records wait in Kafka until it does, and nothing is lost`
  return [{ about: 'questdb', condition: 'bad', problem, remedy: revive('questdb') }]
}

function kafka(given: PageReading, { revive }: Advice): PageProblem[] {
  const publishing = publishingTrouble(given)
  if (publishing !== undefined) {
    const problem = `Kafka takes nothing (${publishing}): frames wait in the journal until it does, and nothing is lost`
    return [{ about: 'kafka', condition: 'bad', problem, remedy: revive('kafka') }]
  }
  const reading = troubleWith(given.sink, 'kafka')
  return reading === undefined
    ? []
    : [{ about: 'kafka', condition: 'bad', problem: `The sink gets nothing from Kafka: ${reading}`, remedy: revive('kafka') }]
}

/** What else a service says of itself; Kafka and QuestDB have sentences of their own. */
function own(service: string, readiness: Readiness, remedy: string): PageProblem[] {
  if (!Array.isArray(readiness)) return []
  return readiness
    .filter(({ component }) => !['publishing', 'kafka', 'questdb'].includes(component))
    .map(({ component, message }) => ({
      about: `${service} ${component}`,
      condition: 'bad',
      problem: `${service}, ${component}: ${message}`,
      remedy,
    }))
}

function stale({ snapshot: { collectors }, closed }: PageReading, remedy: string): PageProblem[] {
  if (closed !== null) return []
  return collectors.flatMap(({ title, status }): PageProblem[] => {
    const silentOnes = status?.feed.stale ?? []
    if (silentOnes.length === 0) return []
    const whose = collectors.length === 1 ? '' : ` with ${title}`
    const problem = `Silent for far longer than usual${whose}: ${silentOnes.join(', ')}`
    return [{ about: `stale ${title}`, condition: 'poor', problem, remedy }]
  })
}

/** What the venue said in the last hour. */
function notices({ snapshot: { collector, atMs } }: PageReading): PageProblem[] {
  const recent = (collector?.notices ?? []).filter(({ at }) => atMs - Date.parse(at) < noticeMs)
  return recent.slice(0, maxNotices).map(({ kind, code, text, at }) => ({
    about: `notice ${kind} ${code}`,
    condition: 'poor',
    problem: `The venue said at ${koreanTime(Date.parse(at) * 1000).slice(11, 19)} (${kind} ${code}): ${text}`,
    remedy:
      "SELECT timestamp, reason FROM feed_session WHERE event = 'notice'   (the session goes on; the venue closes it when it means it)",
  }))
}

/** The sentences of `top`. */
function named(about: string, condition: PageProblem['condition'], troubles: readonly Trouble[]): PageProblem[] {
  return troubles.map(({ problem, remedy }, index) => ({ about: `${about} ${index}`, condition, problem: capitalized(problem), remedy }))
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
