import type { Stock } from './stock.ts'
import { coloured, percent, signedDecimal, utf8 } from './text.ts'
import { type Maker, remembered, type Sent, type World } from './world.ts'

/** The account that the simulator trades for. */
export const ACCOUNT = '8012345611'

/** An order on its way: accepted, then filled in one or several parts, or cancelled by an order of its own. */
interface Order {
  readonly number: number
  readonly stock: Stock
  readonly isBuy: boolean
  readonly quantity: number
  readonly price: number
  filled: number
}

interface Holding {
  quantity: number
  cost: number
  today: number
  profit: number
}

const text = {
  accepted: utf8('접수'),
  executed: utf8('체결'),
  cancelled: utf8('확인'),
  buy: utf8('+매수'),
  sell: utf8('-매도'),
  cancelBuy: utf8('매수취소'),
  cancelSell: utf8('매도취소'),
  limit: utf8('보통'),
}

/** 00 and 04 of one world: the fills of the orders are the changes of the holdings. The item is the stock's code. */
export function accountMakers(world: World): { readonly execution: Maker; readonly balance: Maker } {
  const holdings = new Map<string, Holding>()
  let order: Order | null = null
  let orders = 0
  let executions = 0
  let lastTraded = ''

  const execution: Maker = (_, time) => {
    if (!world.isRegular) return []
    if (order === null) {
      order = begin(world, ++orders, holdings)
      return [sent('00', order.stock.instrument.symbol, eventValues(order, time, { what: 'accepted', number: orders }))]
    }
    const current: Order = order
    const left = current.quantity - current.filled
    const item = current.stock.instrument.symbol
    if (current.filled === 0 && world.random.chance(0.1)) {
      order = null
      return [sent('00', item, eventValues(current, time, { what: 'cancelled', number: ++orders }))]
    }
    const fill = left > 1 && world.random.chance(0.5) ? world.random.integer(1, left - 1) : left
    current.filled += fill
    book(holdings, current, fill)
    lastTraded = item
    if (current.filled === current.quantity) order = null
    return [sent('00', item, eventValues(current, time, { what: 'executed', number: current.number, fill, execution: ++executions }))]
  }

  const balance: Maker = () => {
    if (!world.isRegular) return []
    const symbol = lastTraded || world.stocks[0]!
    const holding = remembered(holdings, symbol, noHolding)
    return [sent('04', symbol, balanceValues(world.stock(symbol), holding))]
  }
  return { execution, balance }
}

function sent(type: string, item: string, values: string): Sent {
  return { type, item: '', made: [{ item, values }] }
}

const noHolding = (): Holding => ({ quantity: 0, cost: 0, today: 0, profit: 0 })

function begin(world: World, number: number, holdings: ReadonlyMap<string, Holding>): Order {
  const stock = world.stock(world.random.pick(world.stocks))
  const held = holdings.get(stock.instrument.symbol)?.quantity ?? 0
  const isBuy = held < 2 || world.random.chance(0.6)
  const quantity = world.random.integer(1, isBuy ? 50 : held)
  return { number, stock, isBuy, quantity, price: stock.krx.tape.last, filled: 0 }
}

function book(holdings: Map<string, Holding>, { stock, isBuy, price }: Order, quantity: number): void {
  const holding = remembered(holdings, stock.instrument.symbol, noHolding)
  if (isBuy) {
    holding.cost += price * quantity
    holding.quantity += quantity
    holding.today += quantity
    return
  }
  const average = Math.round(holding.cost / holding.quantity)
  holding.profit += (price - average) * quantity
  holding.quantity -= quantity
  holding.cost = average * holding.quantity
  holding.today -= quantity
}

type Event =
  | { readonly what: 'accepted' | 'cancelled'; readonly number: number }
  | { readonly what: 'executed'; readonly number: number; readonly fill: number; readonly execution: number }

const orderId = (number: number) => String(119_433 + number).padStart(7, '0')

/** 00: the fields of an execution are empty in every other event; no credit, no reason to reject. */
function eventValues(order: Order, time: string, event: Event): string {
  const { stock, isBuy, quantity, price, filled } = order
  const { instrument, krx } = stock
  const { previousClose: close } = instrument
  const now = krx.tape.last
  const isCancel = event.what === 'cancelled'
  const [execution, fillPrice, fill] = event.what === 'executed' ? [847_462 + event.execution, price, event.fill] : ['', '', '']
  return (
    `{"9201":"${ACCOUNT}","9203":"${orderId(event.number)}","9205":"","9001":"${instrument.symbol}","912":"JJ","913":"${text[event.what]}",` +
    `"302":"${instrument.name}","900":"${quantity}","901":"${price}","902":"${isCancel ? 0 : quantity - filled}","903":"${filled * price}",` +
    `"904":"${isCancel ? orderId(order.number) : '0000000'}","905":"${actionOf(isBuy, isCancel)}","906":"${text.limit}","907":"${isBuy ? 2 : 1}",` +
    `"908":"${time}","909":"${execution}","910":"${fillPrice}","911":"${fill}","10":"${coloured(now, close)}","27":"${coloured(krx.book.ask, close)}",` +
    `"28":"${coloured(krx.book.bid, close)}","914":"${fillPrice}","915":"${fill}","938":"${Math.floor(filled * price * 0.0035)}",` +
    `"939":"${isBuy ? 0 : Math.floor(filled * price * 0.0015)}","919":"0","920":"","921":"6801005","922":"00","923":"","10010":" ${close}",` +
    '"2134":"1","2135":"KRX","2136":"N"}'
  )
}

function actionOf(isBuy: boolean, isCancel: boolean): string {
  if (isCancel) return isBuy ? text.cancelBuy : text.cancelSell
  return isBuy ? text.buy : text.sell
}

/** 04: 932 is the cost of the whole holding (930 times 931 up to rounding); no credit. */
function balanceValues({ instrument, krx }: Stock, { quantity, cost, today, profit }: Holding): string {
  const { previousClose: close } = instrument
  const price = krx.tape.last
  const average = quantity === 0 ? 0 : Math.round(cost / quantity)
  return (
    `{"9201":"${ACCOUNT}","9001":"${instrument.symbol}","917":"00","916":"00000000","302":"${instrument.name}","10":"${coloured(price, close)}",` +
    `"930":"${quantity}","931":"${average}","932":"${cost}","933":"${quantity}","945":"${today}","946":"2","950":"${profit}","951":"0",` +
    `"27":"${coloured(krx.book.ask, close)}","28":"${coloured(krx.book.bid, close)}","307":"${close}","8019":"${signedDecimal(percent(price - average, average))}",` +
    `"957":"0","958":"0","918":"00000000","990":"${profit}","991":"${signedDecimal(percent(profit, cost))}","992":"0","993":"0.00","959":"0","924":"0"}`
  )
}
