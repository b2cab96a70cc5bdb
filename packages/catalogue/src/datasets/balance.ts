import { dataset } from '../dataset.ts'
import { amount, code, date, price, quantity, ratio, signedAmount, signedQuantity, text } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Own holdings, sent whenever one of them changes. */
export const balance = dataset({
  type: '04',
  name: 'balance',
  title: '잔고',
  description: 'Own holdings, sent whenever one of them changes',
  items: 'account',
  volume: 'low',
  symbol: common.symbol,
  columns: {
    account: common.account,
    credit_type: code(917, '신용구분', 'Kind of credit the holding was bought with', {
      note: 'Only `00` seen (cash); leading zeros kept; no legend. 00 sends it as 922, 04 as 917: one name.',
    }),
    loan_date: date(916, '대출일', 'Day on which the credit for the holding was granted', {
      nullIf: ['00000000'],
      note: 'Null if `00000000`. 00 sends it as 923, 04 as 916: one name.',
    }),
    name: common.name,
    price: common.price,
    holding_quantity: quantity(930, '보유수량', 'Number of shares held'),
    average_purchase_price: price(931, '매입단가', 'Average price paid for one share held', { note: '932 / 930 in the example.' }),
    total_purchase_amount: amount(932, '총매입가(당일누적)', 'Total money paid for the shares held', {
      note: 'Equals 930 * 931 up to rounding in the example, so the cost of the whole holding, in spite of the title (cumulative for today). A public client of the venue reads it so, too.',
    }),
    available_quantity: quantity(933, '주문가능수량', 'Number of shares that may be ordered (sold) now'),
    today_net_buy_quantity: signedQuantity(945, '당일순매수량', 'Shares bought minus shares sold today'),
    position_side: code(946, '매도/매수구분', 'Sell or buy code of the position', {
      note: "Only `2` seen; probably as FID 907 (1 sell, 2 buy), which no capture confirms: kept as code. The venue's document gives units of contracts and shares here, which fit no code.",
    }),
    today_sell_profit_loss: signedAmount(950, '당일총매도손익', "Total profit or loss on today's sales"),
    extra_951: text(951, 'Extra Item', 'Unnamed extra field of the venue; meaning unknown', {
      note: 'Only `0` seen; not read as a number.',
    }),
    best_ask: common.best_ask,
    best_bid: common.best_bid,
    reference_price: common.reference_price,
    profit_loss_rate: ratio(8019, '손익률(실현손익)', 'Profit or loss rate of the holding', {
      note: 'The title says realised; a public client of the venue calls it the profit or loss rate. The one example is 0.00.',
    }),
    credit_amount: amount(957, '신용금액', 'Money borrowed for the holding'),
    credit_interest: amount(958, '신용이자', 'Interest due on the money borrowed'),
    loan_maturity_date: date(918, '만기일', 'Day on which the credit for the holding falls due', {
      nullIf: ['00000000'],
      note: 'Null if `00000000`.',
    }),
    securities_realized_profit_loss: signedAmount(
      990,
      '당일실현손익(유가)',
      'Profit or loss realised today on securities held without credit',
    ),
    securities_realized_profit_loss_rate: ratio(
      991,
      '당일실현손익율(유가)',
      'Rate of profit or loss realised today on securities held without credit',
    ),
    credit_realized_profit_loss: signedAmount(992, '당일실현손익(신용)', 'Profit or loss realised today on securities held on credit'),
    credit_realized_profit_loss_rate: ratio(
      993,
      '당일실현손익율(신용)',
      'Rate of profit or loss realised today on securities held on credit',
    ),
    collateral_loan_quantity: quantity(959, '담보대출수량', 'Number of shares pledged for a loan', {
      note: "A public client of the venue calls it the stock-loan quantity; the title of the venue's document is followed.",
    }),
    extra_924: text(924, 'Extra Item', 'Unnamed extra field of the venue; meaning unknown', {
      note: 'Only `0` seen; not read as a number.',
    }),
  },
})
