// Generated from packages/catalogue by `npm run generate`. A column of the catalogue is a member here; absent is left out.

/** What every record has. Times are integers: microseconds since 1970-01-01 UTC. */
export interface RecordHeader {
  /** Capture time at our socket, UTC; strictly increasing within a session */
  timestamp: number
  /** Bare code; leading A and suffix _NX/_AL taken off; `*` for market-wide */
  symbol: string
  /** `KRX`, `NXT` or `SOR`, from the suffix of the item as registered; `*` for records about the feed */
  venue: 'KRX' | 'NXT' | 'SOR' | '*'
  /** One logged-in connection of one collector */
  session: string
  /** Number of the record within (session, dataset): 1, 2, 3 …; a number that has no row is that of a dead letter */
  seq: number
}

/** Own orders: every acceptance, execution, amendment, cancellation and refusal. Topic `kiwoom.account.order-execution.v1`. */
export interface OrderExecution extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Pseudonym of the account */
  account?: string
  /** Number the venue gave to the order */
  order_id?: string
  /** Employee number of the account manager */
  manager_employee_id?: string
  /** Line of business the order belongs to */
  order_business_type?: string
  /** What has just happened to the order. Codes: `접수` accepted, `체결` executed, `확인` amendment or cancellation confirmed, `취소` cancelled, `거부` rejected */
  order_status?: string
  /** Name of the stock in Korean */
  name?: string
  /** Number of shares ordered (share) */
  order_quantity?: number
  /** Limit price of the order (KRW) */
  order_price?: number
  /** Number of shares of the order not yet executed (share) */
  unfilled_quantity?: number
  /** Total money value of all executions of the order so far (KRW) */
  cumulative_fill_amount?: number
  /** Number of the order that this one amends or cancels */
  original_order_id?: string
  /** What the order asks for: buy, sell, amend or cancel. Codes: `+매수` buy, `-매도` sell, `매수정정` amend buy, `매도정정` amend sell, `매수취소` cancel buy, `매도취소` cancel sell */
  order_action?: string
  /** Price and time condition of the order. Codes: `보통` limit, `시장가` market, `조건부지정가` limit that turns into market at the close, `최유리지정가` limit at the best opposite price, `최우선지정가` limit at the best own-side price, `보통(IOC)` limit IOC, `시장가(IOC)` market IOC, `최유리(IOC)` best opposite price IOC, `보통(FOK)` limit FOK, `시장가(FOK)` market FOK, `최유리(FOK)` best opposite price FOK, `스톰지정가` stop limit (spelt so in the document), `중간가` midpoint, `중간가(IOC)` midpoint IOC, `중간가(FOK)` midpoint FOK, `장전시간외` pre-market at the closing price, `장후시간외` after-market at the closing price, `시간외대량` off-hours block, `시간외바스켓` off-hours basket, `시간외자사주` off-hours treasury shares, `시간외단일가` after-hours single-price auction */
  order_type?: string
  /** Side of the order */
  side?: 'buy' | 'sell'
  /** Number of the execution */
  execution_id?: string
  /** Execution price reported with this event (KRW) */
  fill_price?: number
  /** Executed quantity reported with this event (share) */
  fill_quantity?: number
  /** Last traded price of the stock when the order event was sent; not the price of the order (KRW) */
  price?: number
  /** Lowest price asked (KRW) */
  best_ask?: number
  /** Highest price bid (KRW) */
  best_bid?: number
  /** Price of this single execution (KRW) */
  last_fill_price?: number
  /** Quantity of this single execution (share) */
  last_fill_quantity?: number
  /** Commission on today's trading (KRW) */
  today_commission?: number
  /** Tax on today's trading (KRW) */
  today_tax?: number
  /** Why the order was rejected */
  reject_reason?: string
  /** Number of the trading screen the order came from */
  screen_number?: string
  /** Number of the terminal the order came from */
  terminal_number?: string
  /** Kind of credit the order uses */
  credit_type?: string
  /** Day on which the credit for the order was granted */
  loan_date?: number
  /** Price in the after-hours single-price auction (KRW) */
  after_hours_auction_price?: number
  /** Exchange the order was sent to, as code. Codes: `0` combined, `1` KRX, `2` NXT */
  exchange_code?: string
  /** Exchange the order was sent to, as name. Codes: `통합` combined, `KRX` KRX, `NXT` NXT */
  exchange_name?: string
  /** Whether the order was routed by smart order routing */
  smart_order_routing?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Own holdings, sent whenever one of them changes. Topic `kiwoom.account.balance.v1`. */
export interface Balance extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Pseudonym of the account */
  account?: string
  /** Kind of credit the holding was bought with */
  credit_type?: string
  /** Day on which the credit for the holding was granted */
  loan_date?: number
  /** Name of the stock in Korean */
  name?: string
  /** Last traded price (KRW) */
  price?: number
  /** Number of shares held (share) */
  holding_quantity?: number
  /** Average price paid for one share held (KRW) */
  average_purchase_price?: number
  /** Total money paid for the shares held (KRW) */
  total_purchase_amount?: number
  /** Number of shares that may be ordered (sold) now (share) */
  available_quantity?: number
  /** Shares bought minus shares sold today (share) */
  today_net_buy_quantity?: number
  /** Sell or buy code of the position */
  position_side?: string
  /** Total profit or loss on today's sales (KRW) */
  today_sell_profit_loss?: number
  /** Unnamed extra field of the venue; meaning unknown */
  extra_951?: string
  /** Lowest price asked (KRW) */
  best_ask?: number
  /** Highest price bid (KRW) */
  best_bid?: number
  /** Base price from which the daily price limits are set (KRW) */
  reference_price?: number
  /** Profit or loss rate of the holding (percent) */
  profit_loss_rate?: number
  /** Money borrowed for the holding (KRW) */
  credit_amount?: number
  /** Interest due on the money borrowed (KRW) */
  credit_interest?: number
  /** Day on which the credit for the holding falls due */
  loan_maturity_date?: number
  /** Profit or loss realised today on securities held without credit (KRW) */
  securities_realized_profit_loss?: number
  /** Rate of profit or loss realised today on securities held without credit (percent) */
  securities_realized_profit_loss_rate?: number
  /** Profit or loss realised today on securities held on credit (KRW) */
  credit_realized_profit_loss?: number
  /** Rate of profit or loss realised today on securities held on credit (percent) */
  credit_realized_profit_loss_rate?: number
  /** Number of shares pledged for a loan (share) */
  collateral_loan_quantity?: number
  /** Unnamed extra field of the venue; meaning unknown */
  extra_924?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Price set by a quote where no trade took place (base-price quotation); rare. Topic `kiwoom.market.indicative-price.v1`. */
export interface IndicativePrice extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Current price, set by a quote where no trade took place (base-price quotation) (KRW) */
  price?: number
  /** Price minus the previous close (KRW) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** Lowest price asked (KRW) */
  best_ask?: number
  /** Highest price bid (KRW) */
  best_bid?: number
  /** Volume traded since the start of the day (share) */
  cumulative_volume?: number
  /** Value traded since the start of the day, in million won (KRW_million) */
  cumulative_turnover_krw_million?: number
  /** First price of the day (KRW) */
  open?: number
  /** Highest price of the day so far (KRW) */
  high?: number
  /** Lowest price of the day so far (KRW) */
  low?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** Today's cumulative volume minus the previous day's total volume (share) */
  volume_change_from_previous_day?: number
  /** Today's cumulative turnover minus the previous day's total turnover (KRW) */
  turnover_change_from_previous_day?: number
  /** Today's cumulative volume as a percentage of the previous day's total volume (percent) */
  volume_ratio_to_previous_day?: number
  /** Today's cumulative volume as a percentage of the listed shares (percent) */
  share_turnover_rate?: number
  /** Cost of trading one share (fees and tax), as the venue estimates it (KRW) */
  trading_cost?: number
  /** Market capitalisation, in units of 100 million won (KRW_100million) */
  market_cap_krw_100m?: number
  /** Time at which the price reached its upper daily limit */
  upper_limit_time?: number
  /** Time at which the price reached its lower daily limit */
  lower_limit_time?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Every trade, with the running totals of the day. Topic `kiwoom.market.trade.v1`. */
export interface Trade extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Last traded price (KRW) */
  price?: number
  /** Price minus the previous close (KRW) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** Lowest price asked (KRW) */
  best_ask?: number
  /** Highest price bid (KRW) */
  best_bid?: number
  /** Volume of this trade, always positive; the aggressor side is in `side` (share) */
  volume?: number
  /** Side of the aggressor: buy or sell; left out without a sign, as in single-price auctions */
  side?: 'buy' | 'sell'
  /** Volume traded since the start of the day, this trade included (share) */
  cumulative_volume?: number
  /** Value traded since the start of the day, in million won (KRW_million) */
  cumulative_turnover_krw_million?: number
  /** First price of the day (KRW) */
  open?: number
  /** Highest price of the day so far (KRW) */
  high?: number
  /** Lowest price of the day so far (KRW) */
  low?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** Today's cumulative volume minus the previous day's total volume (share) */
  volume_change_from_previous_day?: number
  /** Today's cumulative turnover minus the previous day's total turnover (KRW) */
  turnover_change_from_previous_day?: number
  /** Today's cumulative volume as a percentage of the previous day's total volume (percent) */
  volume_ratio_to_previous_day?: number
  /** Today's cumulative volume as a percentage of the listed shares (percent) */
  share_turnover_rate?: number
  /** Cost of trading one share (fees and tax), as the venue estimates it (KRW) */
  trading_cost?: number
  /** Buyer-initiated volume as a percentage of seller-initiated volume today (percent) */
  trade_strength?: number
  /** Market capitalisation, in units of 100 million won (KRW_100million) */
  market_cap_krw_100m?: number
  /** Part of the trading day in which the trade took place. Codes: `1` pre-market off-hours, `2` regular session, `3` after-market off-hours, `P` NXT pre-market (seen by others), `U` NXT after-market (seen by others) */
  trading_phase?: string
  /** How near the underlying of a knock-out warrant is to its barrier (percent) */
  knock_out_proximity?: number
  /** Time at which the price reached its upper daily limit */
  upper_limit_time?: number
  /** Time at which the price reached its lower daily limit */
  lower_limit_time?: number
  /** Cumulative volume against the previous day's at the same time of day, 10000 = equal (basis_point) */
  same_time_volume_ratio_basis_points?: number
  /** Time of the first trade of the day */
  open_time?: number
  /** Text sent as time of the day high; not a usable time */
  high_time_raw?: string
  /** Time of the lowest price of the day so far */
  low_time?: number
  /** Seller-initiated volume since the start of the day (share) */
  cumulative_sell_volume?: number
  /** Buyer-initiated volume since the start of the day (share) */
  cumulative_buy_volume?: number
  /** Buyer-initiated share of all volume that has a side (percent) */
  buy_volume_ratio?: number
  /** Number of seller-initiated trades since the start of the day (count) */
  cumulative_sell_trade_count?: number
  /** Number of buyer-initiated trades since the start of the day (count) */
  cumulative_buy_trade_count?: number
  /** Value of this trade in thousand won, fraction cut off, always positive (KRW_thousand) */
  trade_turnover_krw_thousand?: number
  /** Volume of this trade if the seller was the aggressor, else 0 (share) */
  trade_sell_volume?: number
  /** Volume of this trade if the buyer was the aggressor, else 0 (share) */
  trade_buy_volume?: number
  /** Bought minus sold volume of this trade: positive buyer-initiated, negative seller-initiated (share) */
  trade_net_buy_volume?: number
  /** Initial margin for one share held through a contract for difference (KRW) */
  cfd_margin?: number
  /** Maintenance margin for one share held through a contract for difference (KRW) */
  cfd_maintenance_margin?: number
  /** Volume-weighted average price of the day so far (KRW) */
  vwap?: number
  /** Cost of trading one share through a contract for difference (KRW) */
  cfd_trading_cost?: number
  /** Cost of selling one borrowed share short (retail stock loan) (KRW) */
  stock_loan_trading_cost?: number
  /** Exchange on which the trade took place. Codes: `1` KRX (seen by others), `2` NXT (seen by others), `KRX` KRX, `NXT` NXT */
  exchange?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Best ask and best bid price. Topic `kiwoom.market.best-quote.v1`. */
export interface BestQuote extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Lowest price asked (KRW) */
  best_ask?: number
  /** Highest price bid (KRW) */
  best_bid?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Ten levels of asks and bids with sizes, their KRX, NXT and liquidity-provider parts, and the expected auction match. Topic `kiwoom.market.order-book.v1`. */
export interface OrderBook extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Lowest price asked: level 1 of `asks` (KRW) */
  best_ask?: number
  /** Highest price bid: level 1 of `bids` (KRW) */
  best_bid?: number
  /** Shares waiting at the lowest price asked (share) */
  best_ask_size?: number
  /** Shares waiting at the highest price bid (share) */
  best_bid_size?: number
  /** row 1: Price of ask level 1 … 10; row 2: Shares waiting at ask level 1 … 10; row 3: Change of the shares waiting at ask level 1 … 10 */
  asks?: (number | null)[][]
  /** row 1: Price of bid level 1 … 10; row 2: Shares waiting at bid level 1 … 10; row 3: Change of the shares waiting at bid level 1 … 10 */
  bids?: (number | null)[][]
  /** Shares waiting on all ask levels together (share) */
  total_ask_size?: number
  /** Change of the total ask size (share) */
  total_ask_size_change?: number
  /** Shares waiting on all bid levels together (share) */
  total_bid_size?: number
  /** Change of the total bid size (share) */
  total_bid_size_change?: number
  /** Price at which the call auction would match, or would have matched last (KRW) */
  expected_price?: number
  /** Volume the call auction would match at the expected price (share) */
  expected_volume?: number
  /** Total bid size minus total ask size (share) */
  net_bid_size?: number
  /** Total bid size as a percentage of total ask size (percent) */
  bid_to_ask_size_ratio?: number
  /** Total ask size minus total bid size (share) */
  net_ask_size?: number
  /** Total ask size as a percentage of total bid size (percent) */
  ask_to_bid_size_ratio?: number
  /** Expected price (23) minus the previous close (KRW) */
  expected_price_change?: number
  /** Expected price change (200) as a percentage of the previous close (percent) */
  expected_price_change_rate?: number
  /** Direction of the expected price (23) against the previous close. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  expected_price_change_sign?: string
  /** Price at which the call auction would match, given only while an auction runs (KRW) */
  auction_expected_price?: number
  /** Volume the call auction would match, given only while an auction runs (share) */
  auction_expected_volume?: number
  /** Direction of the auction price (291) against the previous close. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  auction_expected_price_change_sign?: string
  /** Auction price (291) minus the previous close (KRW) */
  auction_expected_price_change?: number
  /** Auction price change (294) as a percentage of the previous close (percent) */
  auction_expected_price_change_rate?: number
  /** row 1: Shares of liquidity providers waiting at ask level 1 … 10 */
  lp_ask_sizes?: (number | null)[]
  /** row 1: Shares of liquidity providers waiting at bid level 1 … 10 */
  lp_bid_sizes?: (number | null)[]
  /** Volume traded since the start of the day (share) */
  cumulative_volume?: number
  /** Expected volume (24) as a percentage of the previous day's total volume (percent) */
  expected_volume_ratio_to_previous_day?: number
  /** Step of the trading day the market has reached. Codes: `0` notice before the KRX open (from 08:40), `2` notice before the KRX close (from 15:20), `3` KRX regular session opens (09:00), `4` KRX close (15:30), `8` regular session over (after 15:30), `9` all sessions over (after 18:00 until 2026-09-11, when KRX began to trade until 20:00), `a` after-hours closing-price trading starts (15:40), `b` after-hours closing-price trading ends (16:00), `c` after-hours single-price trading starts (16:00; until 2026-09-11, since then KRX trades price by price at this hour), `d` after-hours single-price trading ends (18:00; until 2026-09-11), `e` derivatives pre-close call auction ends, `f` derivatives hours notice (early open), `o` derivatives open, `s` derivatives pre-close call auction starts, `P` NXT pre-market starts, `Q` NXT pre-market ends, `R` NXT main market starts, `S` NXT main market ends, `T` NXT after-market single price starts, `U` NXT after-market starts, `V` NXT after-market ends (portal of 2026) or NXT closing-price trading ends (the venue's document), `W` NXT after-market ends (the venue's document only) */
  market_operation_code?: string
  /** Ticker by investor group, by its title; meaning unknown */
  investor_ticker?: string
  /** row 1: Shares waiting on KRX at ask level 1 … 10 */
  krx_ask_sizes?: (number | null)[]
  /** row 1: Shares waiting on KRX at bid level 1 … 10 */
  krx_bid_sizes?: (number | null)[]
  /** Shares waiting on all ask levels of KRX (share) */
  krx_total_ask_size?: number
  /** Shares waiting on all bid levels of KRX (share) */
  krx_total_bid_size?: number
  /** row 1: Shares waiting on NXT at ask level 1 … 10 */
  nxt_ask_sizes?: (number | null)[]
  /** row 1: Shares waiting on NXT at bid level 1 … 10 */
  nxt_bid_sizes?: (number | null)[]
  /** Shares waiting on all ask levels of NXT (share) */
  nxt_total_ask_size?: number
  /** Shares waiting on all bid levels of NXT (share) */
  nxt_total_bid_size?: number
  /** Change of the shares offered at the midpoint on KRX (share) */
  krx_midpoint_ask_size_change?: number
  /** Shares offered by midpoint orders on KRX (share) */
  krx_midpoint_ask_size?: number
  /** Midpoint price on KRX, where midpoint orders match (KRW) */
  krx_midpoint_price?: number
  /** Shares wanted by midpoint orders on KRX (share) */
  krx_midpoint_bid_size?: number
  /** Change of the shares wanted at the midpoint on KRX (share) */
  krx_midpoint_bid_size_change?: number
  /** Change of the shares offered at the midpoint on NXT (share) */
  nxt_midpoint_ask_size_change?: number
  /** Shares offered by midpoint orders on NXT (share) */
  nxt_midpoint_ask_size?: number
  /** Midpoint price on NXT, where midpoint orders match (KRW) */
  nxt_midpoint_price?: number
  /** Shares wanted by midpoint orders on NXT (share) */
  nxt_midpoint_bid_size?: number
  /** Change of the shares wanted at the midpoint on NXT (share) */
  nxt_midpoint_bid_size_change?: number
  /** Midpoint price on KRX minus the reference price (KRW) */
  krx_midpoint_price_change?: number
  /** Direction of the KRX midpoint price against the reference price */
  krx_midpoint_price_change_sign?: string
  /** KRX midpoint price change as a percentage of the reference price (percent) */
  krx_midpoint_price_change_rate?: number
  /** Midpoint price on NXT minus the reference price (KRW) */
  nxt_midpoint_price_change?: number
  /** Direction of the NXT midpoint price against the reference price */
  nxt_midpoint_price_change_sign?: string
  /** NXT midpoint price change as a percentage of the reference price (percent) */
  nxt_midpoint_price_change_rate?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Waiting sizes in after-hours trading. Topic `kiwoom.market.after-hours-quote.v1`. */
export interface AfterHoursQuote extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Shares waiting for sale in after-hours trading (share) */
  after_hours_total_ask_size?: number
  /** Change of the after-hours ask size since the quote before (share) */
  after_hours_total_ask_size_change?: number
  /** Shares wanted in after-hours trading (share) */
  after_hours_total_bid_size?: number
  /** Change of the after-hours bid size since the quote before (share) */
  after_hours_total_bid_size_change?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** The five busiest selling and buying brokers of the day, and the foreign brokers' estimate. Topic `kiwoom.market.broker-activity.v1`. */
export interface BrokerActivity extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Name of the broker ranked 1 by selling volume today */
  sell_broker_1?: string
  /** Volume handled today by the selling broker ranked 1 (share) */
  sell_broker_1_volume?: number
  /** Change of the volume of the selling broker ranked 1 since the update before (share) */
  sell_broker_1_volume_change?: number
  /** Code of the broker ranked 1 by selling volume today */
  sell_broker_1_code?: string
  /** Marker telling whether the selling broker ranked 1 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  sell_broker_1_marker?: string
  /** Name of the broker ranked 1 by buying volume today */
  buy_broker_1?: string
  /** Volume handled today by the buying broker ranked 1 (share) */
  buy_broker_1_volume?: number
  /** Change of the volume of the buying broker ranked 1 since the update before (share) */
  buy_broker_1_volume_change?: number
  /** Code of the broker ranked 1 by buying volume today */
  buy_broker_1_code?: string
  /** Marker telling whether the buying broker ranked 1 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  buy_broker_1_marker?: string
  /** Name of the broker ranked 2 by selling volume today */
  sell_broker_2?: string
  /** Volume handled today by the selling broker ranked 2 (share) */
  sell_broker_2_volume?: number
  /** Change of the volume of the selling broker ranked 2 since the update before (share) */
  sell_broker_2_volume_change?: number
  /** Code of the broker ranked 2 by selling volume today */
  sell_broker_2_code?: string
  /** Marker telling whether the selling broker ranked 2 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  sell_broker_2_marker?: string
  /** Name of the broker ranked 2 by buying volume today */
  buy_broker_2?: string
  /** Volume handled today by the buying broker ranked 2 (share) */
  buy_broker_2_volume?: number
  /** Change of the volume of the buying broker ranked 2 since the update before (share) */
  buy_broker_2_volume_change?: number
  /** Code of the broker ranked 2 by buying volume today */
  buy_broker_2_code?: string
  /** Marker telling whether the buying broker ranked 2 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  buy_broker_2_marker?: string
  /** Name of the broker ranked 3 by selling volume today */
  sell_broker_3?: string
  /** Volume handled today by the selling broker ranked 3 (share) */
  sell_broker_3_volume?: number
  /** Change of the volume of the selling broker ranked 3 since the update before (share) */
  sell_broker_3_volume_change?: number
  /** Code of the broker ranked 3 by selling volume today */
  sell_broker_3_code?: string
  /** Marker telling whether the selling broker ranked 3 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  sell_broker_3_marker?: string
  /** Name of the broker ranked 3 by buying volume today */
  buy_broker_3?: string
  /** Volume handled today by the buying broker ranked 3 (share) */
  buy_broker_3_volume?: number
  /** Change of the volume of the buying broker ranked 3 since the update before (share) */
  buy_broker_3_volume_change?: number
  /** Code of the broker ranked 3 by buying volume today */
  buy_broker_3_code?: string
  /** Marker telling whether the buying broker ranked 3 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  buy_broker_3_marker?: string
  /** Name of the broker ranked 4 by selling volume today */
  sell_broker_4?: string
  /** Volume handled today by the selling broker ranked 4 (share) */
  sell_broker_4_volume?: number
  /** Change of the volume of the selling broker ranked 4 since the update before (share) */
  sell_broker_4_volume_change?: number
  /** Code of the broker ranked 4 by selling volume today */
  sell_broker_4_code?: string
  /** Marker telling whether the selling broker ranked 4 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  sell_broker_4_marker?: string
  /** Name of the broker ranked 4 by buying volume today */
  buy_broker_4?: string
  /** Volume handled today by the buying broker ranked 4 (share) */
  buy_broker_4_volume?: number
  /** Change of the volume of the buying broker ranked 4 since the update before (share) */
  buy_broker_4_volume_change?: number
  /** Code of the broker ranked 4 by buying volume today */
  buy_broker_4_code?: string
  /** Marker telling whether the buying broker ranked 4 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  buy_broker_4_marker?: string
  /** Name of the broker ranked 5 by selling volume today */
  sell_broker_5?: string
  /** Volume handled today by the selling broker ranked 5 (share) */
  sell_broker_5_volume?: number
  /** Change of the volume of the selling broker ranked 5 since the update before (share) */
  sell_broker_5_volume_change?: number
  /** Code of the broker ranked 5 by selling volume today */
  sell_broker_5_code?: string
  /** Marker telling whether the selling broker ranked 5 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  sell_broker_5_marker?: string
  /** Name of the broker ranked 5 by buying volume today */
  buy_broker_5?: string
  /** Volume handled today by the buying broker ranked 5 (share) */
  buy_broker_5_volume?: number
  /** Change of the volume of the buying broker ranked 5 since the update before (share) */
  buy_broker_5_volume_change?: number
  /** Code of the broker ranked 5 by buying volume today */
  buy_broker_5_code?: string
  /** Marker telling whether the buying broker ranked 5 is domestic or foreign. Codes: `!!!!` domestic broker, `DHDB` foreign broker, sell side, `DGDB` foreign broker, buy side */
  buy_broker_5_marker?: string
  /** Estimated volume sold today through foreign brokers (share) */
  foreign_broker_sell_volume?: number
  /** Change of the estimated foreign-broker selling since the update before (share) */
  foreign_broker_sell_volume_change?: number
  /** Estimated volume bought today through foreign brokers (share) */
  foreign_broker_buy_volume?: number
  /** Change of the estimated foreign-broker buying since the update before (share) */
  foreign_broker_buy_volume_change?: number
  /** Estimated foreign-broker buying minus selling today (share) */
  foreign_broker_net_buy_volume?: number
  /** Change of the estimated foreign-broker net buying since the update before (share) */
  foreign_broker_net_buy_volume_change?: number
  /** Exchange the figures belong to, as code */
  exchange_code?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Net asset value of an ETF with its tracking figures. Topic `kiwoom.market.etf-nav.v1`. */
export interface EtfNav extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Net asset value of one ETF unit (KRW) */
  nav?: number
  /** Net asset value minus that of the previous close (KRW) */
  nav_change?: number
  /** Net asset value change as a percentage of its previous close (percent) */
  nav_change_rate?: number
  /** Tracking error of the ETF against its index (percent) */
  tracking_error_rate?: number
  /** Last traded price of the ETF (KRW) */
  price?: number
  /** Price minus the previous close (KRW) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** Volume traded since the start of the day (share) */
  cumulative_volume?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** Exposure to the underlying bought per unit of money put into the warrant (factor) */
  elw_gearing_ratio?: number
  /** Move of the underlying at which the warrant breaks even at expiry (percent) */
  elw_break_even_rate?: number
  /** Yearly move at which underlying and warrant earn the same (percent) */
  elw_capital_fulcrum_point?: number
  /** Deviation between net asset value and underlying index (percent) */
  nav_index_deviation_rate?: number
  /** Premium (+) or discount (-) of the ETF price to its net asset value (percent) */
  nav_price_deviation_rate?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Expected match of a running call auction; nothing has traded. Topic `kiwoom.market.expected-trade.v1`. */
export interface ExpectedTrade extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Price at which the running call auction would match now (KRW) */
  expected_price?: number
  /** Expected auction price minus the previous close (KRW) */
  expected_price_change?: number
  /** Expected price change as a percentage of the previous close (percent) */
  expected_price_change_rate?: number
  /** Volume of this expected-match update as the venue sends it, always positive; sign in `side` (share) */
  expected_tick_volume?: number
  /** Side in the sign of the expected step, as sent */
  side?: 'buy' | 'sell'
  /** Volume the running call auction would match now (share) */
  expected_volume?: number
  /** Direction of the expected price against the previous close. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  expected_price_change_sign?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** International gold price, converted. Topic `kiwoom.market.gold-price.v1`. */
export interface GoldPrice extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Converted international gold price, in won per gram (MGD) or US dollars per ounce (MGU) (mixed) */
  price?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** Gold price minus the previous close, in the unit of the price (mixed) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Level and volume of a sector index. Topic `kiwoom.market.sector-index.v1`. */
export interface SectorIndex extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Level of the sector index (index_point) */
  price?: number
  /** Index level minus the previous close (index_point) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** Volume traded in the sector with this index update, in thousand shares (thousand_share) */
  volume_thousand?: number
  /** Side in the sign of the volume, as sent; left out without one */
  side?: 'buy' | 'sell'
  /** Volume traded in the sector since the start of the day, in thousand shares (thousand_share) */
  cumulative_volume_thousand?: number
  /** Value traded since the start of the day, in million won (KRW_million) */
  cumulative_turnover_krw_million?: number
  /** First index level of the day (index_point) */
  open?: number
  /** Highest index level of the day so far (index_point) */
  high?: number
  /** Lowest index level of the day so far (index_point) */
  low?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** Today's sector volume minus the previous day's total, in thousand shares (thousand_share) */
  volume_change_from_previous_day_thousand?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Advancing and declining stocks of a sector. Topic `kiwoom.market.sector-breadth.v1`. */
export interface SectorBreadth extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Number of stocks above their previous close, those at the upper limit included (count) */
  advancing_stock_count?: number
  /** Number of stocks at their upper daily limit (count) */
  upper_limit_stock_count?: number
  /** Number of stocks at their previous close (count) */
  unchanged_stock_count?: number
  /** Number of stocks below their previous close, those at the lower limit included (count) */
  declining_stock_count?: number
  /** Number of stocks at their lower daily limit (count) */
  lower_limit_stock_count?: number
  /** Volume traded in the sector since the start of the day, in thousand shares (thousand_share) */
  cumulative_volume_thousand?: number
  /** Value traded since the start of the day, in million won (KRW_million) */
  cumulative_turnover_krw_million?: number
  /** Level of the sector index (index_point) */
  price?: number
  /** Index level minus the previous close (index_point) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** Number of stocks of the sector that have traded today (count) */
  traded_stock_count?: number
  /** Stocks that have traded today as a percentage of all stocks of the sector (percent) */
  traded_stock_ratio?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Price limits, auction extensions and other standing facts of a stock. Topic `kiwoom.market.stock-info.v1`. */
export interface StockInfo extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Which rule has prolonged the call auction */
  auction_extension?: string
  /** Which rule has prolonged the call auction before the open */
  pre_market_auction_extension?: string
  /** Which rule has prolonged the call auction after the close */
  after_market_auction_extension?: string
  /** Highest price allowed today (KRW) */
  upper_limit_price?: number
  /** Lowest price allowed today (KRW) */
  lower_limit_price?: number
  /** Base price from which the daily price limits are set (KRW) */
  reference_price?: number
  /** Whether a knock-out warrant has ended early */
  elw_early_termination?: string
  /** Currency in which the instrument is quoted */
  currency?: string
  /** Margin rate of the instrument as shown on screen */
  margin_rate_label?: string
  /** Remarks of the venue on the instrument */
  instrument_information?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Theoretical price and sensitivities of an equity-linked warrant. Topic `kiwoom.market.elw-theory.v1`. */
export interface ElwTheory extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Last traded price of the warrant (KRW) */
  price?: number
  /** Theoretical price of the warrant (KRW) */
  elw_theoretical_price?: number
  /** Implied volatility of the warrant (percent) */
  elw_implied_volatility?: number
  /** Change of the warrant price per unit change of the underlying (factor) */
  elw_delta?: number
  /** Change of delta per unit change of the underlying (unknown) */
  elw_gamma?: number
  /** Change of the warrant price as time passes (unknown) */
  elw_theta?: number
  /** Change of the warrant price as volatility changes (unknown) */
  elw_vega?: number
  /** Change of the warrant price as the interest rate changes (unknown) */
  elw_rho?: number
  /** Implied volatility of the liquidity provider's quote (percent) */
  lp_quote_implied_volatility?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Steps of the trading day, for the whole market. Topic `kiwoom.market.market-session.v1`. */
export interface MarketSession extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Step of the trading day that this message announces. Codes: `0` notice before the KRX open (from 08:40), `2` notice before the KRX close (from 15:20), `3` KRX regular session opens (09:00), `4` KRX close (15:30), `8` regular session over (after 15:30), `9` all sessions over (after 18:00 until 2026-09-11, when KRX began to trade until 20:00), `a` after-hours closing-price trading starts (15:40), `b` after-hours closing-price trading ends (16:00), `c` after-hours single-price trading starts (16:00; until 2026-09-11, since then KRX trades price by price at this hour), `d` after-hours single-price trading ends (18:00; until 2026-09-11), `e` derivatives pre-close call auction ends, `f` derivatives hours notice (early open), `o` derivatives open, `s` derivatives pre-close call auction starts, `P` NXT pre-market starts, `Q` NXT pre-market ends, `R` NXT main market starts, `S` NXT main market ends, `T` NXT after-market single price starts, `U` NXT after-market starts, `V` NXT after-market ends (portal of 2026) or NXT closing-price trading ends (the venue's document), `W` NXT after-market ends (the venue's document only) */
  market_operation_code?: string
  /** Time left until the market is expected to open, in seconds (second) */
  seconds_to_market_open?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Gearing, parity and break-even figures of an equity-linked warrant. Topic `kiwoom.market.elw-indicator.v1`. */
export interface ElwIndicator extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Moneyness of the warrant, 100 = at the money (percent) */
  elw_parity?: number
  /** Premium of the warrant (unknown) */
  elw_premium?: number
  /** Exposure to the underlying bought per unit of money put into the warrant (factor) */
  elw_gearing_ratio?: number
  /** Move of the underlying at which the warrant breaks even at expiry (percent) */
  elw_break_even_rate?: number
  /** Yearly move at which underlying and warrant earn the same (percent) */
  elw_capital_fulcrum_point?: number
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Program trading in a stock, totals of the day and the step of each event. Topic `kiwoom.market.program-trading.v1`. */
export interface ProgramTrading extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Last traded price (KRW) */
  price?: number
  /** Direction of the price against the previous close, limit moves told apart. Codes: `1` upper limit, `2` up, `3` unchanged, `4` lower limit, `5` down */
  price_change_sign?: string
  /** Price minus the previous close (KRW) */
  price_change?: number
  /** Price change as a percentage of the previous close (percent) */
  price_change_rate?: number
  /** Volume traded since the start of the day (share) */
  cumulative_volume?: number
  /** Volume sold today by program trading (share) */
  program_sell_volume?: number
  /** Value sold today by program trading, in million won (KRW_million) */
  program_sell_value_krw_million?: number
  /** Volume bought today by program trading (share) */
  program_buy_volume?: number
  /** Value bought today by program trading, in million won (KRW_million) */
  program_buy_value_krw_million?: number
  /** Volume bought minus volume sold today by program trading (share) */
  program_net_buy_volume?: number
  /** Change of the program net buying volume with this event (share) */
  program_net_buy_volume_change?: number
  /** Value bought minus value sold today by program trading, in million won (KRW_million) */
  program_net_buy_value_krw_million?: number
  /** Change of the program net buying value with this event, in million won (KRW_million) */
  program_net_buy_value_change_krw_million?: number
  /** Time left until the market is expected to open, in seconds (second) */
  seconds_to_market_open?: number
  /** Step of the trading day the market has reached. Codes: `0` notice before the KRX open (from 08:40), `2` notice before the KRX close (from 15:20), `3` KRX regular session opens (09:00), `4` KRX close (15:30), `8` regular session over (after 15:30), `9` all sessions over (after 18:00 until 2026-09-11, when KRX began to trade until 20:00), `a` after-hours closing-price trading starts (15:40), `b` after-hours closing-price trading ends (16:00), `c` after-hours single-price trading starts (16:00; until 2026-09-11, since then KRX trades price by price at this hour), `d` after-hours single-price trading ends (18:00; until 2026-09-11), `e` derivatives pre-close call auction ends, `f` derivatives hours notice (early open), `o` derivatives open, `s` derivatives pre-close call auction starts, `P` NXT pre-market starts, `Q` NXT pre-market ends, `R` NXT main market starts, `S` NXT main market ends, `T` NXT after-market single price starts, `U` NXT after-market starts, `V` NXT after-market ends (portal of 2026) or NXT closing-price trading ends (the venue's document), `W` NXT after-market ends (the venue's document only) */
  market_operation_code?: string
  /** Ticker by investor group, by its title; meaning unknown */
  investor_ticker?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** Start and end of volatility interruptions, for the whole market; one event comes under several items. Topic `kiwoom.market.volatility-interruption.v1`. */
export interface VolatilityInterruption extends RecordHeader {
  /** The venue's time, 1 s resolution, joined to the Korean date nearest to capture */
  exchange_time?: number
  /** Name of the stock in Korean */
  name?: string
  /** Volume traded since the start of the day (share) */
  cumulative_volume?: number
  /** Value traded since the start of the day, in million won (KRW_million) */
  cumulative_turnover_krw_million?: number
  /** Kind of volatility interruption triggered. Codes: `1` static, `2` dynamic, `3` dynamic and static, `4` extended (seen by others) */
  vi_type?: string
  /** Market the stock is listed on */
  market_code?: string
  /** Part of the trading day in which the interruption was triggered. Codes: `1` regular session */
  vi_trading_phase?: string
  /** Price of the trade that triggered the interruption (KRW) */
  vi_trigger_price?: number
  /** Time at which the triggering trade was handled */
  vi_trigger_time?: number
  /** Time at which the interruption ended */
  vi_release_time?: number
  /** Kind of volatility interruption as Korean text. Codes: `정적` static, `동적` dynamic, `동적+정적` dynamic and static */
  vi_applied_type?: string
  /** Reference price of the static interruption (KRW) */
  vi_static_reference_price?: number
  /** Reference price of the dynamic interruption (KRW) */
  vi_dynamic_reference_price?: number
  /** Trigger price against the static reference price (percent) */
  vi_static_deviation_rate?: number
  /** Trigger price against the dynamic reference price (percent) */
  vi_dynamic_deviation_rate?: number
  /** Trigger price change as a percentage, as the venue states it (percent) */
  vi_trigger_price_change_rate?: number
  /** How often the stock has been interrupted today, this time included (count) */
  vi_trigger_count?: number
  /** Direction of the price move that triggered the interruption. Codes: `1` up, `2` down */
  vi_direction?: string
  /** Unnamed extra field of the venue; carries direction sign and kind as Korean text */
  extra_1279?: string
  /** FID → raw text of what could not be read */
  unreadable?: Record<string, string>
}

/** One record when a session of a collector opens, one when it closes, with its counts per dataset, and one for each notice of the venue. Topic `kiwoom.feed.session.v1`. */
export interface FeedSession extends RecordHeader {
  /** `open`, `close`, or `notice`: the venue said something that is no data and no answer */
  event: string
  /** When the session logged in */
  opened_at?: number
  /** `simulator`, `mock` or `production` */
  environment?: string
  /** Which collector the session belongs to */
  collector?: string
  /** Why the session closed; of a notice kind, code and words */
  reason?: string
  /** JSON object: dataset → highest `seq` in this session, at close; `dead_letter` counts those of unknown dataset */
  records?: string
}

/** An interval in which records may be missing, with the reason and the evidence. Topic `kiwoom.feed.gap.v1`. */
export interface FeedGap extends RecordHeader {
  /** Last moment known to be complete before the gap */
  from_time?: number
  /** First moment known to be complete after the gap */
  to_time?: number
  /** Why records may be missing, as a code. Codes: `disconnected` the connection with the venue ended, `silent` nothing came from the venue for KIWOOM_SILENCE, not even a PING, `heartbeat_missed` the venue ended the session, because the echo of its PING came too late (R10002), `session_taken` another program logged in with the same app key (R10001), `login_missing` the venue ended the session, because no login arrived (R10004), `frame_too_large` the connection was given up at a message that is too large, `renewed` the session was as long as one may be, and another one followed, `stopped` the collector was told to stop, `crashed` the collector ended without closing its session, `clock_wrong` the clock of the collector's machine was wrong: the times of this stretch are, or no session could begin, `journal_full` the disk took nothing for so long that frames were lost, `journal_damaged` entries of the journal could not be read after a crash, `registration_refused` the venue refused a registration, `registration_unanswered` the venue did not answer a registration, `not_registered` the venue had no room for a registration, `item_silent` an item brought nothing while others of its kind did; it is unknown whether anything is missing, `volume_missing` the cumulative volume grew by more than the trades that came, `records_expired` Kafka had dropped records before they were stored, `topic_recreated` a topic was deleted and made again: what was not stored of the former one is lost */
  reason: string
  /** Types concerned, separated by commas; left out for all */
  types?: string
  /** Items concerned, separated by commas; left out for all */
  symbols?: string
  /** How much is missing where it can be counted, in the unit that the evidence names */
  missing?: number
  /** What shows the gap: a code of the venue, a count, an error */
  evidence?: string
  /** The same as `types`, as a list; left out for all */
  type_list?: string[]
  /** The same as `symbols`, as a list of whole items; left out for all */
  symbol_list?: string[]
}

/** One record a second while a session is open: how far the newest of them has come tells how far behind each stage is. Topic `kiwoom.feed.heartbeat.v1`. */
export type FeedHeartbeat = RecordHeader

/** Something that could not be read or stored, kept with its reason and its text. Topic `kiwoom.dead-letter.v1`. */
export interface DeadLetter extends RecordHeader {
  /** `collector` (could not be read) or `sink` (could not be stored) */
  stage: string
  /** Dataset concerned, to whose numbering `seq` belongs; `*` where it is unknown */
  dataset: string
  /** Type of the venue, as far as known */
  type?: string
  /** Why, as a code. Codes: `too_large` a frame of more than 1 MiB, or of more than 20,000 items, is not read, `not_json` the text is no JSON, `wrong_shape` the JSON has another form than the venue documents, `unknown_type` a type that the catalogue does not know, `no_values` an item without values, `bad_item` an item that cannot be one: control characters, spaces, half a character, `bad_value` a value that its column cannot hold, `refused_by_store` QuestDB refused the row */
  reason: string
  /** Why, in words */
  detail?: string
  /** The text concerned, cut to 64 KiB */
  raw?: string
  /** Where the record stood (stage `sink`) */
  topic?: string
  /** Where the record stood (stage `sink`) */
  topic_partition?: number
  /** Where the record stood (stage `sink`) */
  topic_offset?: number
  /** Where the whole frame stands in the journal, when `raw` is cut (stage `collector`): the number of its file */
  journal_segment?: number
  /** The byte of that file, uncompressed, at which its entry begins */
  journal_offset?: number
}

/** Dataset → its record. */
export interface RecordTypes {
  order_execution: OrderExecution
  balance: Balance
  indicative_price: IndicativePrice
  trade: Trade
  best_quote: BestQuote
  order_book: OrderBook
  after_hours_quote: AfterHoursQuote
  broker_activity: BrokerActivity
  etf_nav: EtfNav
  expected_trade: ExpectedTrade
  gold_price: GoldPrice
  sector_index: SectorIndex
  sector_breadth: SectorBreadth
  stock_info: StockInfo
  elw_theory: ElwTheory
  market_session: MarketSession
  elw_indicator: ElwIndicator
  program_trading: ProgramTrading
  volatility_interruption: VolatilityInterruption
  feed_session: FeedSession
  feed_gap: FeedGap
  feed_heartbeat: FeedHeartbeat
  dead_letter: DeadLetter
}

/** Dataset → topic, version of its schema, type of the venue, and what each column holds. */
export const schemas = {
  order_execution: {
    topic: 'kiwoom.account.order-execution.v1',
    version: 1,
    type: '00',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', account: 'text', order_id: 'text', manager_employee_id: 'text', order_business_type: 'text', order_status: 'text', name: 'text', order_quantity: 'integer', order_price: 'number', unfilled_quantity: 'integer', cumulative_fill_amount: 'integer', original_order_id: 'text', order_action: 'text', order_type: 'text', side: 'text', execution_id: 'text', fill_price: 'number', fill_quantity: 'integer', price: 'number', best_ask: 'number', best_bid: 'number', last_fill_price: 'number', last_fill_quantity: 'integer', today_commission: 'integer', today_tax: 'integer', reject_reason: 'text', screen_number: 'text', terminal_number: 'text', credit_type: 'text', loan_date: 'time', after_hours_auction_price: 'number', exchange_code: 'text', exchange_name: 'text', smart_order_routing: 'text', unreadable: 'fids' },
  },
  balance: {
    topic: 'kiwoom.account.balance.v1',
    version: 1,
    type: '04',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', account: 'text', credit_type: 'text', loan_date: 'time', name: 'text', price: 'number', holding_quantity: 'integer', average_purchase_price: 'number', total_purchase_amount: 'integer', available_quantity: 'integer', today_net_buy_quantity: 'integer', position_side: 'text', today_sell_profit_loss: 'integer', extra_951: 'text', best_ask: 'number', best_bid: 'number', reference_price: 'number', profit_loss_rate: 'number', credit_amount: 'integer', credit_interest: 'integer', loan_maturity_date: 'time', securities_realized_profit_loss: 'integer', securities_realized_profit_loss_rate: 'number', credit_realized_profit_loss: 'integer', credit_realized_profit_loss_rate: 'number', collateral_loan_quantity: 'integer', extra_924: 'text', unreadable: 'fids' },
  },
  indicative_price: {
    topic: 'kiwoom.market.indicative-price.v1',
    version: 1,
    type: '0A',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', price: 'number', price_change: 'number', price_change_rate: 'number', best_ask: 'number', best_bid: 'number', cumulative_volume: 'integer', cumulative_turnover_krw_million: 'integer', open: 'number', high: 'number', low: 'number', price_change_sign: 'text', volume_change_from_previous_day: 'integer', turnover_change_from_previous_day: 'integer', volume_ratio_to_previous_day: 'number', share_turnover_rate: 'number', trading_cost: 'number', market_cap_krw_100m: 'integer', upper_limit_time: 'time', lower_limit_time: 'time', unreadable: 'fids' },
  },
  trade: {
    topic: 'kiwoom.market.trade.v1',
    version: 1,
    type: '0B',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', price: 'number', price_change: 'number', price_change_rate: 'number', best_ask: 'number', best_bid: 'number', volume: 'integer', side: 'text', cumulative_volume: 'integer', cumulative_turnover_krw_million: 'integer', open: 'number', high: 'number', low: 'number', price_change_sign: 'text', volume_change_from_previous_day: 'integer', turnover_change_from_previous_day: 'integer', volume_ratio_to_previous_day: 'number', share_turnover_rate: 'number', trading_cost: 'number', trade_strength: 'number', market_cap_krw_100m: 'integer', trading_phase: 'text', knock_out_proximity: 'number', upper_limit_time: 'time', lower_limit_time: 'time', same_time_volume_ratio_basis_points: 'number', open_time: 'time', high_time_raw: 'text', low_time: 'time', cumulative_sell_volume: 'integer', cumulative_buy_volume: 'integer', buy_volume_ratio: 'number', cumulative_sell_trade_count: 'integer', cumulative_buy_trade_count: 'integer', trade_turnover_krw_thousand: 'integer', trade_sell_volume: 'integer', trade_buy_volume: 'integer', trade_net_buy_volume: 'integer', cfd_margin: 'number', cfd_maintenance_margin: 'number', vwap: 'number', cfd_trading_cost: 'number', stock_loan_trading_cost: 'number', exchange: 'text', unreadable: 'fids' },
  },
  best_quote: {
    topic: 'kiwoom.market.best-quote.v1',
    version: 1,
    type: '0C',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', best_ask: 'number', best_bid: 'number', unreadable: 'fids' },
  },
  order_book: {
    topic: 'kiwoom.market.order-book.v1',
    version: 1,
    type: '0D',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', best_ask: 'number', best_bid: 'number', best_ask_size: 'integer', best_bid_size: 'integer', asks: 'ladders', bids: 'ladders', total_ask_size: 'integer', total_ask_size_change: 'integer', total_bid_size: 'integer', total_bid_size_change: 'integer', expected_price: 'number', expected_volume: 'integer', net_bid_size: 'integer', bid_to_ask_size_ratio: 'number', net_ask_size: 'integer', ask_to_bid_size_ratio: 'number', expected_price_change: 'number', expected_price_change_rate: 'number', expected_price_change_sign: 'text', auction_expected_price: 'number', auction_expected_volume: 'integer', auction_expected_price_change_sign: 'text', auction_expected_price_change: 'number', auction_expected_price_change_rate: 'number', lp_ask_sizes: 'ladder', lp_bid_sizes: 'ladder', cumulative_volume: 'integer', expected_volume_ratio_to_previous_day: 'number', market_operation_code: 'text', investor_ticker: 'text', krx_ask_sizes: 'ladder', krx_bid_sizes: 'ladder', krx_total_ask_size: 'integer', krx_total_bid_size: 'integer', nxt_ask_sizes: 'ladder', nxt_bid_sizes: 'ladder', nxt_total_ask_size: 'integer', nxt_total_bid_size: 'integer', krx_midpoint_ask_size_change: 'integer', krx_midpoint_ask_size: 'integer', krx_midpoint_price: 'number', krx_midpoint_bid_size: 'integer', krx_midpoint_bid_size_change: 'integer', nxt_midpoint_ask_size_change: 'integer', nxt_midpoint_ask_size: 'integer', nxt_midpoint_price: 'number', nxt_midpoint_bid_size: 'integer', nxt_midpoint_bid_size_change: 'integer', krx_midpoint_price_change: 'number', krx_midpoint_price_change_sign: 'text', krx_midpoint_price_change_rate: 'number', nxt_midpoint_price_change: 'number', nxt_midpoint_price_change_sign: 'text', nxt_midpoint_price_change_rate: 'number', unreadable: 'fids' },
  },
  after_hours_quote: {
    topic: 'kiwoom.market.after-hours-quote.v1',
    version: 1,
    type: '0E',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', after_hours_total_ask_size: 'integer', after_hours_total_ask_size_change: 'integer', after_hours_total_bid_size: 'integer', after_hours_total_bid_size_change: 'integer', unreadable: 'fids' },
  },
  broker_activity: {
    topic: 'kiwoom.market.broker-activity.v1',
    version: 1,
    type: '0F',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', sell_broker_1: 'text', sell_broker_1_volume: 'integer', sell_broker_1_volume_change: 'integer', sell_broker_1_code: 'text', sell_broker_1_marker: 'text', buy_broker_1: 'text', buy_broker_1_volume: 'integer', buy_broker_1_volume_change: 'integer', buy_broker_1_code: 'text', buy_broker_1_marker: 'text', sell_broker_2: 'text', sell_broker_2_volume: 'integer', sell_broker_2_volume_change: 'integer', sell_broker_2_code: 'text', sell_broker_2_marker: 'text', buy_broker_2: 'text', buy_broker_2_volume: 'integer', buy_broker_2_volume_change: 'integer', buy_broker_2_code: 'text', buy_broker_2_marker: 'text', sell_broker_3: 'text', sell_broker_3_volume: 'integer', sell_broker_3_volume_change: 'integer', sell_broker_3_code: 'text', sell_broker_3_marker: 'text', buy_broker_3: 'text', buy_broker_3_volume: 'integer', buy_broker_3_volume_change: 'integer', buy_broker_3_code: 'text', buy_broker_3_marker: 'text', sell_broker_4: 'text', sell_broker_4_volume: 'integer', sell_broker_4_volume_change: 'integer', sell_broker_4_code: 'text', sell_broker_4_marker: 'text', buy_broker_4: 'text', buy_broker_4_volume: 'integer', buy_broker_4_volume_change: 'integer', buy_broker_4_code: 'text', buy_broker_4_marker: 'text', sell_broker_5: 'text', sell_broker_5_volume: 'integer', sell_broker_5_volume_change: 'integer', sell_broker_5_code: 'text', sell_broker_5_marker: 'text', buy_broker_5: 'text', buy_broker_5_volume: 'integer', buy_broker_5_volume_change: 'integer', buy_broker_5_code: 'text', buy_broker_5_marker: 'text', foreign_broker_sell_volume: 'integer', foreign_broker_sell_volume_change: 'integer', foreign_broker_buy_volume: 'integer', foreign_broker_buy_volume_change: 'integer', foreign_broker_net_buy_volume: 'integer', foreign_broker_net_buy_volume_change: 'integer', exchange_code: 'text', unreadable: 'fids' },
  },
  etf_nav: {
    topic: 'kiwoom.market.etf-nav.v1',
    version: 1,
    type: '0G',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', nav: 'number', nav_change: 'number', nav_change_rate: 'number', tracking_error_rate: 'number', price: 'number', price_change: 'number', price_change_rate: 'number', cumulative_volume: 'integer', price_change_sign: 'text', elw_gearing_ratio: 'number', elw_break_even_rate: 'number', elw_capital_fulcrum_point: 'number', nav_index_deviation_rate: 'number', nav_price_deviation_rate: 'number', unreadable: 'fids' },
  },
  expected_trade: {
    topic: 'kiwoom.market.expected-trade.v1',
    version: 1,
    type: '0H',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', expected_price: 'number', expected_price_change: 'number', expected_price_change_rate: 'number', expected_tick_volume: 'integer', side: 'text', expected_volume: 'integer', expected_price_change_sign: 'text', unreadable: 'fids' },
  },
  gold_price: {
    topic: 'kiwoom.market.gold-price.v1',
    version: 1,
    type: '0I',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', price: 'number', price_change_sign: 'text', price_change: 'number', price_change_rate: 'number', unreadable: 'fids' },
  },
  sector_index: {
    topic: 'kiwoom.market.sector-index.v1',
    version: 1,
    type: '0J',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', price: 'number', price_change: 'number', price_change_rate: 'number', volume_thousand: 'integer', side: 'text', cumulative_volume_thousand: 'integer', cumulative_turnover_krw_million: 'integer', open: 'number', high: 'number', low: 'number', price_change_sign: 'text', volume_change_from_previous_day_thousand: 'integer', unreadable: 'fids' },
  },
  sector_breadth: {
    topic: 'kiwoom.market.sector-breadth.v1',
    version: 1,
    type: '0U',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', advancing_stock_count: 'integer', upper_limit_stock_count: 'integer', unchanged_stock_count: 'integer', declining_stock_count: 'integer', lower_limit_stock_count: 'integer', cumulative_volume_thousand: 'integer', cumulative_turnover_krw_million: 'integer', price: 'number', price_change: 'number', price_change_rate: 'number', traded_stock_count: 'integer', traded_stock_ratio: 'number', price_change_sign: 'text', unreadable: 'fids' },
  },
  stock_info: {
    topic: 'kiwoom.market.stock-info.v1',
    version: 1,
    type: '0g',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', auction_extension: 'text', pre_market_auction_extension: 'text', after_market_auction_extension: 'text', upper_limit_price: 'number', lower_limit_price: 'number', reference_price: 'number', elw_early_termination: 'text', currency: 'text', margin_rate_label: 'text', instrument_information: 'text', unreadable: 'fids' },
  },
  elw_theory: {
    topic: 'kiwoom.market.elw-theory.v1',
    version: 1,
    type: '0m',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', price: 'number', elw_theoretical_price: 'number', elw_implied_volatility: 'number', elw_delta: 'number', elw_gamma: 'number', elw_theta: 'number', elw_vega: 'number', elw_rho: 'number', lp_quote_implied_volatility: 'number', unreadable: 'fids' },
  },
  market_session: {
    topic: 'kiwoom.market.market-session.v1',
    version: 1,
    type: '0s',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', market_operation_code: 'text', seconds_to_market_open: 'integer', unreadable: 'fids' },
  },
  elw_indicator: {
    topic: 'kiwoom.market.elw-indicator.v1',
    version: 1,
    type: '0u',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', elw_parity: 'number', elw_premium: 'number', elw_gearing_ratio: 'number', elw_break_even_rate: 'number', elw_capital_fulcrum_point: 'number', unreadable: 'fids' },
  },
  program_trading: {
    topic: 'kiwoom.market.program-trading.v1',
    version: 1,
    type: '0w',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', price: 'number', price_change_sign: 'text', price_change: 'number', price_change_rate: 'number', cumulative_volume: 'integer', program_sell_volume: 'integer', program_sell_value_krw_million: 'integer', program_buy_volume: 'integer', program_buy_value_krw_million: 'integer', program_net_buy_volume: 'integer', program_net_buy_volume_change: 'integer', program_net_buy_value_krw_million: 'integer', program_net_buy_value_change_krw_million: 'integer', seconds_to_market_open: 'integer', market_operation_code: 'text', investor_ticker: 'text', unreadable: 'fids' },
  },
  volatility_interruption: {
    topic: 'kiwoom.market.volatility-interruption.v1',
    version: 1,
    type: '1h',
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', exchange_time: 'time', name: 'text', cumulative_volume: 'integer', cumulative_turnover_krw_million: 'integer', vi_type: 'text', market_code: 'text', vi_trading_phase: 'text', vi_trigger_price: 'number', vi_trigger_time: 'time', vi_release_time: 'time', vi_applied_type: 'text', vi_static_reference_price: 'number', vi_dynamic_reference_price: 'number', vi_static_deviation_rate: 'number', vi_dynamic_deviation_rate: 'number', vi_trigger_price_change_rate: 'number', vi_trigger_count: 'integer', vi_direction: 'text', extra_1279: 'text', unreadable: 'fids' },
  },
  feed_session: {
    topic: 'kiwoom.feed.session.v1',
    version: 1,
    type: null,
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq', 'event'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', event: 'text', opened_at: 'time', environment: 'text', collector: 'text', reason: 'text', records: 'text' },
  },
  feed_gap: {
    topic: 'kiwoom.feed.gap.v1',
    version: 1,
    type: null,
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq', 'reason'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', from_time: 'time', to_time: 'time', reason: 'text', types: 'text', symbols: 'text', missing: 'integer', evidence: 'text', type_list: 'texts', symbol_list: 'texts' },
  },
  feed_heartbeat: {
    topic: 'kiwoom.feed.heartbeat.v1',
    version: 1,
    type: null,
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer' },
  },
  dead_letter: {
    topic: 'kiwoom.dead-letter.v1',
    version: 1,
    type: null,
    required: ['timestamp', 'symbol', 'venue', 'session', 'seq', 'stage', 'dataset', 'reason'],
    columns: { timestamp: 'time', symbol: 'text', venue: 'text', session: 'text', seq: 'integer', stage: 'text', dataset: 'text', type: 'text', reason: 'text', detail: 'text', raw: 'text', topic: 'text', topic_partition: 'integer', topic_offset: 'integer', journal_segment: 'integer', journal_offset: 'integer' },
  },
} as const
