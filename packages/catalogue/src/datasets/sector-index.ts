import { dataset } from '../dataset.ts'
import { sideOf, signedQuantity, signedVolume } from '../fields.ts'
import { common, inIndexPoints, sector } from '../vocabulary.ts'

/** Level and volume of a sector index. */
export const sectorIndex = dataset({
  type: '0J',
  name: 'sector_index',
  title: '업종지수',
  description: 'Level and volume of a sector index',
  items: 'sector',
  volume: 'low',
  exchangeTime: common.event_time,
  columns: {
    price: sector.price,
    price_change: sector.price_change,
    price_change_rate: common.price_change_rate,
    volume_thousand: signedVolume(15, '거래량', 'Volume traded in the sector with this index update, in thousand shares', {
      unit: 'thousand_share',
      note: 'Not `volume`: unit differs (inferred from 13). Document allows `+` buy, `-` sell; its example has no sign: side = null.',
    }),
    side: sideOf(15, 'Side in the sign of the volume, as sent; null without one'),
    cumulative_volume_thousand: sector.cumulative_volume_thousand,
    cumulative_turnover_krw_million: sector.cumulative_turnover_krw_million,
    open: inIndexPoints(common.open, 'First index level of the day'),
    high: inIndexPoints(common.high, 'Highest index level of the day so far'),
    low: inIndexPoints(common.low, 'Lowest index level of the day so far'),
    price_change_sign: common.price_change_sign,
    volume_change_from_previous_day_thousand: signedQuantity(
      26,
      '전일거래량대비',
      "Today's sector volume minus the previous day's total, in thousand shares",
      { unit: 'thousand_share', note: 'Not `volume_change_from_previous_day`: unit differs (inferred from 13).' },
    ),
  },
})
