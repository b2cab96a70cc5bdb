import { entityOf } from '@tickhouse/catalogue'
import { readJournal } from '@tickhouse/journal'
import { timeText, UsageError } from '@tickhouse/runtime'
import type { DeadLetter } from './letters.ts'

/** A dead letter with its state and its text, as `show` prints it. */
export interface FullDeadLetter extends DeadLetter {
  readonly state: 'open' | 'stored'
  readonly raw: string
}

/** All that is known about a dead letter, for a person. */
export function deadLetterText(letter: FullDeadLetter): string[] {
  const { id, timestamp, session, seq, stage, dataset, type, reason, detail, state } = letter
  const lines: (readonly [string, unknown])[] = [
    ['id', id],
    ['state', state],
    ['time', timeText(timestamp)],
    ['stage', stage],
    ['dataset', dataset],
    ['type', type],
    ['session', session],
    ['seq', seq],
    ['reason', reason],
    ['detail', detail],
    ['record', letter.topic && placeText(letter.topic, letter.topic_partition!, letter.topic_offset!)],
    ['frame', letter.journal_segment != null && `segment ${letter.journal_segment}, offset ${letter.journal_offset} of the journal`],
    ['letter', placeText(entityOf('dead_letter').topic.name, letter.kafka_partition, letter.kafka_offset)],
  ]
  const shown = lines.filter(([, value]) => value !== null && value !== undefined && value !== false)
  return [...shown.map(([name, value]) => `${name.padEnd(8)} ${value}`), '', ...pretty(letter.raw)]
}

/** A text in lines with their indents, if it is JSON; else in one. */
export function pretty(raw: string): string[] {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2).split('\n')
  } catch {
    return [raw]
  }
}

function placeText(topic: string, partition: number, offset: number): string {
  return `${topic}, partition ${partition}, offset ${offset}`
}

/** The frame of a letter as the journal has it; undefined where the letter's own text is whole. Throws UsageError when the journal has let go of it. */
export async function wholeFrame(directory: string, letter: DeadLetter): Promise<Buffer | undefined> {
  const { id, session, journal_segment: segment, journal_offset: offset } = letter
  if (segment == null || offset == null) return undefined
  for await (const { header, entries } of readJournal(directory, { from: { segment, offset }, maxBytes: 1 })) {
    const entry = entries.find(each => each.offset === offset)
    if (entry === undefined || header.session !== session) break
    return entry.bytes
  }
  throw new UsageError(`The journal in ${directory} does not hold the frame of ${id}: expected it at segment ${segment}, offset ${offset}`)
}
