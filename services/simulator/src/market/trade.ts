import type { SessionCode } from './hours.ts'
import type { SimulatedStock } from './instrument.ts'
import type { Tape } from './tape.ts'
import { coloured, decimal, directionCode, percent, signed, signedDecimal } from './text.ts'

/** One trade as it is sent; `side` is that of the aggressor, 0 in an auction. */
export interface Trade {
  readonly price: number
  readonly volume: number
  readonly side: -1 | 0 | 1
  readonly time: string
  readonly exchange: string
  readonly session: SessionCode
}

/**
 * The values of 0B, `tape` being what it was after the trade. Units: 14 million won, 29 won, 1313 thousand won cut off, 311 hundred million won,
 * 13 15 1030 1031 shares, 851 basis points. 27 and 28 are the best prices at the trade.
 */
export function tradeValues(
  { previousClose: close, previousVolume, previousTurnover, listedShares, upperLimit, lowerLimit }: SimulatedStock,
  tape: Tape,
  { price, volume, side, time, exchange, session }: Trade,
  { bid, ask }: { readonly bid: number; readonly ask: number },
): string {
  const change = price - close
  const million = Math.floor(tape.turnover / 1_000_000)
  const volumeChange = tape.volume - previousVolume
  const buyShare = percent(tape.buyVolume, tape.buyVolume + tape.sellVolume)
  const margin = Math.round(price * 0.4)
  return (
    `{"20":"${time}","10":"${coloured(price, close)}","11":"${signed(change)}","12":"${signedDecimal(percent(change, close))}` +
    `","27":"${coloured(ask, close)}","28":"${coloured(bid, close)}","15":"${sided(volume, side)}","13":"${tape.volume}` +
    `","14":"${million}","16":"${coloured(tape.open, close)}","17":"${coloured(tape.high, close)}","18":"${coloured(tape.low, close)}` +
    `","25":"${directionCode(price, close, upperLimit, lowerLimit)}","26":"${signed(volumeChange)}` +
    `","29":"${signed(tape.turnover - previousTurnover)}","30":"${volumeChange < 0 ? '-' : '+'}${decimal(percent(tape.volume, previousVolume))}` +
    `","31":"${decimal(percent(tape.volume, listedShares))}","32":"${Math.round(price * 0.0023)}` +
    `","228":"${decimal(percent(tape.buyVolume, tape.sellVolume))}","311":"${Math.floor((price * listedShares) / 100_000_000)}` +
    `","290":"${session}","691":"0","567":"000000","568":"000000","851":"${10_000 + (tape.volume % 4_000) - 2_000}","1890":"${tape.openTime}` +
    `","1891":"053039","1892":"${tape.lowTime}","1030":"${tape.sellVolume}","1031":"${tape.buyVolume}` +
    `","1032":"${buyShare < 5_000 ? '-' : '+'}${decimal(buyShare)}","1071":"${tape.sellCount}","1072":"${tape.buyCount}` +
    `","1313":"${sided(Math.floor((price * volume) / 1_000), side)}","1315":"${side < 0 ? `-${volume}` : ' 0'}` +
    `","1316":"${side > 0 ? `+${volume}` : ' 0'}","1314":"${side === 0 ? '0' : sided(volume, side)}","1497":"${margin}` +
    `","1498":"${Math.round(margin * 0.8)}","620":"${Math.round((million * 1_000_000) / tape.volume)}","732":"${Math.round(price * 0.005)}` +
    `","852":"${Math.round(price * 0.004)}","9081":"${exchange}"}`
  )
}

/** The sign says who was the aggressor, and also stands before a zero. */
function sided(value: number, side: -1 | 0 | 1): string {
  return side > 0 ? `+${value}` : side < 0 ? `-${value}` : `${value}`
}
