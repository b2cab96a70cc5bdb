import { byId, element, say } from '../elements.js'
import { clock, moment } from '../format.js'

/** @typedef {import('../../src/market/answers.ts').MarketMark} MarketMark */

/** The stretches that the chart marks, as a table; each leads to its place. @param {readonly MarketMark[]} marks @param {(ms: number) => void} go */
export function showMarks(marks, go) {
  const body = byId('mark-rows')
  const listed = marks.filter(({ kind }) => kind !== 'phase').toReversed()
  const identity = listed.map(({ fromMs, toMs, title }) => `${fromMs} ${toMs} ${title}`).join('\n')
  if (body.dataset['shown'] === identity) return
  body.dataset['shown'] = identity
  byId('marks').hidden = listed.length === 0
  say(byId('marks-note'), listed.length === 0 ? 'None in what is shown.' : '')
  const newestMs = listed[0]?.toMs ?? 0
  body.replaceChildren(...listed.map(mark => markRow(mark, newestMs, go)))
}

/** @param {MarketMark} mark @param {number} newestMs @param {(ms: number) => void} go */
function markRow({ kind, fromMs, toMs, venue, title, detail }, newestMs, go) {
  const button = element('button', { type: 'button' }, moment(fromMs, newestMs))
  button.addEventListener('click', () => go(fromMs))
  return element(
    'tr',
    { class: kind },
    element('th', { scope: 'row' }, button),
    element('td', {}, clock(toMs)),
    element('td', {}, venue ?? 'both'),
    element('td', { class: 'what' }, title),
    element('td', {}, detail),
  )
}
