import { entityOf } from '@tickhouse/catalogue'
import { timeText } from '../time-text.ts'
import type { Letter } from './letters.ts'

/** A dead letter with its state and its text, as `show` prints it. */
export interface FullLetter extends Letter {
  readonly state: 'open' | 'stored'
  readonly raw: string
}

/** All that is known about a dead letter, for a person. */
export function describe(letter: FullLetter): string[] {
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
