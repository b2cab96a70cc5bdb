import { accountMakers } from './account.ts'
import { brokerActivityMaker } from './brokers.ts'
import type { Interruptions } from './interruptions.ts'
import { marketSessionMaker, stockInfoMaker } from './market-events.ts'
import { elwMakers, etfNavMaker, goldMaker } from './other-instruments.ts'
import { programTradingMaker } from './program.ts'
import { afterHoursQuoteMaker, bestQuoteMaker, indicativePriceMaker } from './quotes.ts'
import { sectorMakers } from './sector.ts'
import { utf8 } from './text.ts'
import type { Trading } from './trading.ts'
import type { Maker, World } from './world.ts'

/** One realtime type as the simulator serves it. */
export interface Served {
  /** The `name` member as it was seen on the wire, which is not always the title of the type; UTF-8 bytes, see `text.ts`. */
  readonly name: string
  /** How many of a thousand frames are of this type when everything is registered. */
  readonly weight: number
  readonly make: Maker
}

/** The nineteen types. Weights follow five large stocks over five minutes (6,880 0B, 205 0w, 24 0F; 0D 3.6 a second), rare ones lifted. */
export function servedTypes(world: World, trading: Trading, interruptions: Interruptions): ReadonlyMap<string, Served> {
  const sector = sectorMakers(world)
  const elw = elwMakers(world)
  const account = accountMakers(world)
  const served = (name: string, weight: number, make: Maker): Served => ({ name: utf8(name), weight, make })
  return new Map([
    ['00', served('주문체결', 4, account.execution)],
    ['04', served('현물잔고', 3, account.balance)],
    ['0A', served('주식시세', 4, indicativePriceMaker(world))],
    ['0B', served('주식체결', 490, (item, time) => trading.trade(item, time))],
    ['0C', served('주식우선호가', 30, bestQuoteMaker(world))],
    ['0D', served('주식호가잔량', 380, (item, time) => trading.book(item, time))],
    ['0E', served('주식시간외호가', 6, afterHoursQuoteMaker(world))],
    ['0F', served('주식당일거래원', 6, brokerActivityMaker(world))],
    ['0G', served('ETF NAV', 8, etfNavMaker(world))],
    ['0H', served('주식예상체결', 8, (_, time) => trading.expected(time))],
    ['0I', served('국제금환산가격', 4, goldMaker(world))],
    ['0J', served('업종지수', 10, sector.index)],
    ['0U', served('업종등락', 6, sector.breadth)],
    ['0g', served('주식종목정보', 3, stockInfoMaker(world))],
    ['0m', served('ELW 이론가', 5, elw.theory)],
    ['0s', served('장시작시간', 2, marketSessionMaker(world))],
    ['0u', served('ELW 지표', 5, elw.indicator)],
    ['0w', served('종목별프로그램매매', 24, programTradingMaker(world))],
    ['1h', served('VI발동/해제', 2, (_, time) => interruptions.elsewhere(time))],
  ])
}
