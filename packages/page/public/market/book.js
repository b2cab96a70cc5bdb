import { byId, element, say } from '../elements.js'
import { clock } from '../format.js'
import { numeral } from './prices.js'

/**
 * @typedef {import('../../src/market/answers.ts').BookLevel} BookLevel
 * @typedef {import('../../src/market/answers.ts').MomentAnswer} MomentAnswer
 */

/** The ladder: asks above, the best at the foot; the spread; bids below, the best on top. Bars behind the sizes compare them. @param {MomentAnswer} moment */
export function showBook({ book, bookNote }) {
  byId('book').hidden = book === null
  say(byId('book-moment'), book === null ? '' : clock(book.atMs))
  say(byId('book-note'), book === null ? (bookNote ?? '') : book.phases.join(' · '))
  if (book === null) return
  const largest = Math.max(1, ...[...book.asks, ...book.bids].map(({ size }) => size))
  byId('asks').replaceChildren(...book.asks.toReversed().map(level => levelRow('ask', level, largest)))
  byId('bids').replaceChildren(...book.bids.map(level => levelRow('bid', level, largest)))
  byId('spread').replaceChildren(spreadRow(book.spread, book.bids[0]?.price))
}

/** @param {'ask' | 'bid'} side @param {BookLevel} level @param {number} largest */
function levelRow(side, { price, size, krx, nxt }, largest) {
  const sized = element('td', { class: 'figure size' }, numeral(size))
  sized.style.setProperty('--share', `${(size / largest) * 100}%`)
  return element(
    'tr',
    { class: side },
    element('th', { scope: 'row' }, side),
    element('td', { class: 'figure price' }, numeral(price)),
    sized,
    element('td', { class: 'figure of-venue' }, krx === 0 ? '' : numeral(krx)),
    element('td', { class: 'figure of-venue' }, nxt === 0 ? '' : numeral(nxt)),
  )
}

/** @param {number | null} spread @param {number | undefined} bid */
function spreadRow(spread, bid) {
  const share = spread === null || bid === undefined || bid === 0 ? '' : ` · ${((spread / bid) * 10_000).toFixed(1)} bp`
  const words = spread === null ? 'one side is empty' : spread < 0 ? `${numeral(spread)} · crossed` : `${numeral(spread)}${share}`
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, 'spread'),
    element('td', { class: 'figure', colspan: document.body.classList.contains('one-venue') ? '2' : '4' }, words),
  )
}
