import { dataset } from '../dataset.ts'
import { amount, code, date, flag, identifier, like, price, quantity, side, text, time } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Own orders: every acceptance, execution, amendment, cancellation and refusal. */
export const orderExecution = dataset({
  type: '00',
  name: 'order_execution',
  title: '주문체결',
  description: 'Own orders: every acceptance, execution, amendment, cancellation and refusal',
  items: 'account',
  volume: 'low',
  symbol: common.symbol,
  exchangeTime: time(908, '주문/체결시간', 'Time the order was accepted, changed or executed, to the second'),
  columns: {
    account: common.account,
    order_id: identifier(9203, '주문번호', 'Number the venue gave to the order', {
      note: '7 digits, leading zeros kept; unique within a day only.',
    }),
    manager_employee_id: identifier(9205, '관리자사번', 'Employee number of the account manager', { note: 'Always empty so far: null.' }),
    order_business_type: code(912, '주문업무분류', 'Line of business the order belongs to', {
      note: 'Only `JJ` seen (cash equities); no legend in the documents.',
    }),
    order_status: code(913, '주문상태', 'What has just happened to the order', {
      legend: { 접수: 'accepted', 체결: 'executed', 확인: 'amendment or cancellation confirmed', 취소: 'cancelled', 거부: 'rejected' },
      note: 'Kept in Korean.',
    }),
    name: common.name,
    order_quantity: quantity(900, '주문수량', 'Number of shares ordered'),
    order_price: price(901, '주문가격', 'Limit price of the order', { note: '`0` on a market order, kept as 0: see order_type.' }),
    unfilled_quantity: quantity(902, '미체결수량', 'Number of shares of the order not yet executed', { note: 'A true zero when filled.' }),
    cumulative_fill_amount: amount(903, '체결누계금액', 'Total money value of all executions of the order so far'),
    original_order_id: identifier(904, '원주문번호', 'Number of the order that this one amends or cancels', {
      nullIf: ['0000000'],
      note: 'Null if `0000000` (no original order).',
    }),
    order_action: code(905, '주문구분', 'What the order asks for: buy, sell, amend or cancel', {
      legend: {
        '+매수': 'buy',
        '-매도': 'sell',
        매수정정: 'amend buy',
        매도정정: 'amend sell',
        매수취소: 'cancel buy',
        매도취소: 'cancel sell',
      },
      note: 'Kept verbatim with its sign, which is only screen colour (`+` red, `-` blue) and may precede any form. `side` comes from 907, which agrees.',
    }),
    order_type: code(906, '매매구분', 'Price and time condition of the order', {
      legend: {
        보통: 'limit',
        시장가: 'market',
        조건부지정가: 'limit that turns into market at the close',
        최유리지정가: 'limit at the best opposite price',
        최우선지정가: 'limit at the best own-side price',
        '보통(IOC)': 'limit IOC',
        '시장가(IOC)': 'market IOC',
        '최유리(IOC)': 'best opposite price IOC',
        '보통(FOK)': 'limit FOK',
        '시장가(FOK)': 'market FOK',
        '최유리(FOK)': 'best opposite price FOK',
        스톰지정가: 'stop limit (spelt so in the document)',
        중간가: 'midpoint',
        '중간가(IOC)': 'midpoint IOC',
        '중간가(FOK)': 'midpoint FOK',
        장전시간외: 'pre-market at the closing price',
        장후시간외: 'after-market at the closing price',
        시간외대량: 'off-hours block',
        시간외바스켓: 'off-hours basket',
        시간외자사주: 'off-hours treasury shares',
        시간외단일가: 'after-hours single-price auction',
      },
      note: 'Kept in Korean.',
    }),
    side: side(907, '매도수구분', 'Side of the order', {
      note: '1 becomes `sell`, 2 `buy`, the same words as `side` of trade; any other value is unreadable. Mapping is one to one, 905 keeps the venue text.',
    }),
    execution_id: identifier(909, '체결번호', 'Number of the execution', { note: 'Empty while the order is only accepted: null.' }),
    fill_price: price(910, '체결가', 'Execution price reported with this event', {
      note: 'Empty while only accepted: null. Relation to 914 on partial fills not shown.',
    }),
    fill_quantity: quantity(911, '체결량', 'Executed quantity reported with this event', {
      note: 'Empty while only accepted: null. Whether it accumulates over partial fills was not shown (one-share fills only).',
    }),
    price: like(common.price, {
      description: 'Last traded price of the stock when the order event was sent; not the price of the order',
      note: 'Own order: see order_price and fill_price.',
    }),
    best_ask: common.best_ask,
    best_bid: common.best_bid,
    last_fill_price: price(914, '단위체결가', 'Price of this single execution', { note: 'Empty while only accepted: null.' }),
    last_fill_quantity: quantity(915, '단위체결량', 'Quantity of this single execution', { note: 'Empty while only accepted: null.' }),
    today_commission: amount(938, '당일매매수수료', "Commission on today's trading", {
      note: 'Mock server value; whether per order or per account day is not documented.',
    }),
    today_tax: amount(939, '당일매매세금', "Tax on today's trading", {
      note: 'Non-zero on sells only. Whether per order or per account day is not documented.',
    }),
    reject_reason: text(919, '거부사유', 'Why the order was rejected', {
      nullIf: ['0'],
      note: 'Null if `0` (no reason). Form of a real reason not seen.',
    }),
    screen_number: identifier(920, '화면번호', 'Number of the trading screen the order came from', { note: 'Empty for API orders: null.' }),
    terminal_number: identifier(921, '터미널번호', 'Number of the terminal the order came from'),
    credit_type: code(922, '신용구분', 'Kind of credit the order uses', {
      note: 'Only `00` seen (cash); leading zeros kept; no legend. 00 sends it as 922, 04 as 917: one name.',
    }),
    loan_date: date(923, '대출일', 'Day on which the credit for the order was granted', {
      nullIf: ['00000000'],
      note: 'Null if `00000000`. Document `00000000`, live empty: both null. 00 sends it as 923, 04 as 916: one name.',
    }),
    after_hours_auction_price: price(10010, '시간외단일가_현재가', 'Price in the after-hours single-price auction', {
      note: 'Sign slot holds a space in captures.',
    }),
    exchange_code: code(2134, '거래소구분', 'Exchange the order was sent to, as code', { legend: { 0: 'combined', 1: 'KRX', 2: 'NXT' } }),
    exchange_name: code(2135, '거래소구분명', 'Exchange the order was sent to, as name', {
      legend: { 통합: 'combined', KRX: 'KRX', NXT: 'NXT' },
    }),
    smart_order_routing: flag(2136, 'SOR여부', 'Whether the order was routed by smart order routing'),
  },
})
