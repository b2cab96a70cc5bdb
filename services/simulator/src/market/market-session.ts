import type { Maker } from './world.ts'

/** The steps of a day in order: code, the time it refers to, time left. 8 and 9 are said to come with times that are none. */
const steps = [
  ['P', '080000', '000000'],
  ['0', '084000', '002000'],
  ['Q', '085000', '001000'],
  ['3', '090000', '000000'],
  ['R', '090030', '000000'],
  ['2', '152000', '001000'],
  ['S', '152000', '000000'],
  ['4', '153000', '000000'],
  ['8', '888888', '000000'],
  ['T', '153000', '000000'],
  ['a', '154000', '000000'],
  ['U', '154000', '000000'],
  ['b', '160000', '000000'],
  ['c', '160000', '000000'],
  ['d', '180000', '000000'],
  ['9', '999999', '000000'],
  ['V', '200000', '000000'],
] as const

/** 0s: the steps of the trading day, one after the other and round again; the item is empty. */
export function marketSessionMaker(): Maker {
  let next = 0
  return () => {
    const [code, time, left] = steps[next++ % steps.length]!
    return [[{ item: '', values: `{"215":"${code}","20":"${time}","214":"${left}"}` }]]
  }
}
