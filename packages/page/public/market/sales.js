import { byId, element } from '../elements.js'
import { clock } from '../format.js'
import { numeral } from './prices.js'

/** @typedef {import('../../src/market/answers.ts').SaleLine} SaleLine */

/** The last trades, the newest first. The same trades are not drawn again. @param {readonly SaleLine[]} sales */
export function showSales(sales) {
  const body = byId('sale-rows')
  const identity = `${sales[0]?.atMs} ${sales.at(-1)?.atMs} ${sales.length} ${sales[0]?.venue}`
  if (body.dataset['shown'] === identity) return
  body.dataset['shown'] = identity
  const none = element('tr', {}, element('td', { colspan: '5', class: 'soft-word' }, 'No trades on this date until this moment.'))
  body.replaceChildren(...(sales.length === 0 ? [none] : sales.map(saleRow)))
}

const sides = { buy: '▲ buy', sell: '▼ sell' }

/** @param {SaleLine} sale */
function saleRow({ atMs, price, volume, side, venue, phase }) {
  return element(
    'tr',
    { class: side ?? '' },
    element('th', { scope: 'row' }, clock(atMs)),
    element('td', { class: 'figure price' }, price === null ? '?' : numeral(price)),
    element('td', { class: 'figure' }, volume === null ? '?' : numeral(volume)),
    element('td', { class: 'side', title: phase ?? '' }, side === null ? 'auction' : sides[side]),
    element('td', { class: 'of-venue' }, venue),
  )
}
