import { type MarketNotice, noticeAt } from './notices.ts'
import { utf8 } from './text.ts'
import { type Maker, type Sent, single, type World } from './world.ts'

const EXTENSIONS = ['', '정적VI', '동적VI', '동정적VI'].map(utf8)

/** 0g: the day's limits and why an auction was prolonged; a lone space means nothing. */
export function stockInfoMaker(world: World): Maker {
  return single('0g', item => {
    if (!world.isTrading) return null
    const { upperLimit, lowerLimit, previousClose } = world.stock(item).instrument
    return (
      `{"297":"${world.random.pick(EXTENSIONS)}","592":" ","593":" ","305":"+${upperLimit}","306":"-${lowerLimit}","307":"${previousClose}",` +
      '"689":"","594":"","382":"","370":""}'
    )
  })
}

/** 0s: what the venue announces of the day; the item is empty. */
export function noticeOf({ code, time, left }: MarketNotice): Sent {
  return { type: '0s', item: '', made: [{ item: '', values: `{"215":"${code}","20":"${time}","214":"${left}"}` }] }
}

/** 0s where the market is always open: by turns that KRX is open and that NXT is. By the calendar it comes when something changes, and at no other time. */
export function marketSessionMaker(world: World): Maker {
  let said = 0
  return (_, time) => (world.hours.isAlways ? [noticeOf({ ...noticeAt(0, said++ % 2 === 0 ? '3' : 'R', '000000'), time })] : [])
}
