import { dataset } from '../dataset.ts'
import { code, type Field, name, quantity, signedQuantity } from '../fields.ts'

type Side = 'sell' | 'buy'
type BrokerColumns<S extends Side, R extends number> = Record<
  `${S}_broker_${R}` | `${S}_broker_${R}_code` | `${S}_broker_${R}_marker`,
  Field<string>
> &
  Record<`${S}_broker_${R}_volume` | `${S}_broker_${R}_volume_change`, Field<number>>

/** A colour of the venue's screen; `!!!!` is a value, not an absence: the brokers' names confirm it. */
const marker = { '!!!!': 'domestic broker', DHDB: 'foreign broker, sell side', DGDB: 'foreign broker, buy side' }

/** The five columns of one rank; the venue numbers ranks within blocks of five FIDs. */
function broker<const S extends Side, const R extends number>(who: S, rank: R): BrokerColumns<S, R> {
  const at = (sellBlock: number, buyBlock: number) => (who === 'sell' ? sellBlock : buyBlock) + rank - 1
  const korean = who === 'sell' ? '매도거래원' : '매수거래원'
  const column = `${who}_broker_${rank}`
  const doing = who === 'sell' ? 'selling' : 'buying'
  return {
    [column]: name(at(141, 151), `${korean}${rank}`, `Name of the broker ranked ${rank} by ${doing} volume today`, {
      note: 'Inner spaces belong to the name; empty is null while the code may still be there.',
    }),
    [`${column}_volume`]: quantity(at(161, 171), `${korean}수량${rank}`, `Volume handled today by the ${doing} broker ranked ${rank}`),
    [`${column}_volume_change`]: signedQuantity(
      at(166, 176),
      `${korean}별증감${rank}`,
      `Change of the volume of the ${doing} broker ranked ${rank} since the update before`,
      { note: 'A positive value may lack its plus; `+0` and `0` both occur.' },
    ),
    [`${column}_code`]: code(at(146, 156), `${korean}코드${rank}`, `Code of the broker ranked ${rank} by ${doing} volume today`, {
      note: '3 digits, leading zeros kept.',
    }),
    [`${column}_marker`]: code(
      at(271, 281),
      `${korean}색깔${rank}`,
      `Marker telling whether the ${doing} broker ranked ${rank} is domestic or foreign`,
      { legend: marker },
    ),
  } as BrokerColumns<S, R>
}

/** The five busiest selling and buying brokers of the day, and the foreign brokers' estimate. */
export const brokerActivity = dataset({
  type: '0F',
  name: 'broker_activity',
  title: '주식당일거래원',
  description: "The five busiest selling and buying brokers of the day, and the foreign brokers' estimate",
  items: 'stock',
  volume: 'low',
  columns: {
    ...broker('sell', 1),
    ...broker('buy', 1),
    ...broker('sell', 2),
    ...broker('buy', 2),
    ...broker('sell', 3),
    ...broker('buy', 3),
    ...broker('sell', 4),
    ...broker('buy', 4),
    ...broker('sell', 5),
    ...broker('buy', 5),
    foreign_broker_sell_volume: quantity(261, '외국계매도추정합', 'Estimated volume sold today through foreign brokers', {
      note: 'Sum over foreign brokers as far as the venue can tell: an estimate.',
    }),
    foreign_broker_sell_volume_change: signedQuantity(
      262,
      '외국계매도추정합변동',
      'Change of the estimated foreign-broker selling since the update before',
    ),
    foreign_broker_buy_volume: quantity(263, '외국계매수추정합', 'Estimated volume bought today through foreign brokers', {
      note: 'Sum over foreign brokers as far as the venue can tell: an estimate.',
    }),
    foreign_broker_buy_volume_change: signedQuantity(
      264,
      '외국계매수추정합변동',
      'Change of the estimated foreign-broker buying since the update before',
    ),
    foreign_broker_net_buy_volume: signedQuantity(267, '외국계순매수추정합', 'Estimated foreign-broker buying minus selling today', {
      note: '= 263 - 261, checked.',
    }),
    foreign_broker_net_buy_volume_change: signedQuantity(
      268,
      '외국계순매수변동',
      'Change of the estimated foreign-broker net buying since the update before',
      { note: '= 264 - 262, checked.' },
    ),
    exchange_code: code(337, '거래소구분', 'Exchange the figures belong to, as code', {
      note: 'Document `2`, live `1` on a bare (KRX) item; no legend. Probably that of 2134 (1 KRX, 2 NXT): hence the same name, kept verbatim.',
    }),
  },
})
