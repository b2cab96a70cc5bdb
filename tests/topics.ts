import type { Bus } from '@tickhouse/bus'
import { entities, SequenceSet } from '@tickhouse/catalogue'

/** What is wrong with records of some sessions in the topics, in words; empty when each stands there once and in order. */
export async function topicProblems(bus: Bus, sessions: ReadonlySet<string>): Promise<string[]> {
  const seen = new Map<string, SequenceSet>()
  const last = new Map<string, { timestamp: number; seq: number }>()
  const problems: string[] = []
  const topics = entities.map(({ topic }) => topic.name)
  await bus.scan(topics, ({ topic, key, value }) => {
    const {
      session,
      dataset = '',
      stage = '',
      seq,
      timestamp,
    } = JSON.parse(value!.toString()) as Record<string, string> & {
      seq: number
      timestamp: number
    }
    if (session === undefined || !sessions.has(session) || stage === 'sink') return
    const series = [topic, session, stage && dataset].join('/')
    const set = seen.get(series) ?? new SequenceSet()
    seen.set(series, set)
    if (set.has(seq)) return void problems.push(`${series} ${seq} stands there twice`)
    set.add(seq)
    const place = `${series}/${key}`
    const before = last.get(place)
    if (before !== undefined && (before.seq >= seq || before.timestamp >= timestamp))
      problems.push(`${place}: ${seq} at ${timestamp} comes after ${before.seq} at ${before.timestamp}`)
    last.set(place, { seq, timestamp })
  })
  return problems
}
