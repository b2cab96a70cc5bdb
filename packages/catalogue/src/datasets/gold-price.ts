import { dataset } from '../dataset.ts'
import { like } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** International gold price, converted. */
export const goldPrice = dataset({
  type: '0I',
  name: 'gold_price',
  title: '국제금환산가격',
  description: 'International gold price, converted',
  items: 'gold',
  volume: 'low',
  columns: {
    price: like(common.price, {
      description: 'Converted international gold price, in won per gram (MGD) or US dollars per ounce (MGU)',
      unit: 'mixed',
      note: 'Unit depends on symbol: MGD KRW per gram, MGU USD per ounce with 2 decimals. The document prints a won value under MGU: the example is wrong.',
    }),
    price_change_sign: common.price_change_sign,
    price_change: like(common.price_change, {
      description: 'Gold price minus the previous close, in the unit of the price',
      unit: 'mixed',
      note: 'Unit as FID 10: MGD KRW per gram, MGU USD per ounce.',
    }),
    price_change_rate: common.price_change_rate,
  },
})
