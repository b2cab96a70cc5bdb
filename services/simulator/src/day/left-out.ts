import { type KoreanDate, momentOf } from '@tickhouse/calendar'
import type { DayFrame } from '../market/day.ts'
import { stocks } from './pairs.ts'

/** From then on the venue leaves out so many trades of the first stock on KRX, Korean time. */
const leftOutAt = '13:05'
const trades = 3

/** The frames of a day, without those trades where the venue is to leave some out: the cumulative volume of the next one tells of them. */
export function* leftOut(
  frames: Iterable<DayFrame>,
  { date, leavesOut }: { readonly date: KoreanDate; readonly leavesOut: boolean },
): Generator<DayFrame> {
  const fromUs = momentOf(date, leftOutAt)
  let left = leavesOut ? trades : 0
  for (const frame of frames) {
    const isLeftOut = left > 0 && frame.timeUs >= fromUs && frame.pair?.type === '0B' && frame.pair.item === stocks[0]
    if (isLeftOut) left--
    else yield frame
  }
}
