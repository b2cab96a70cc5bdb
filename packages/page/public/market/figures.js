import { byId, element, say } from '../elements.js'
import { clock } from '../format.js'
import { intervals, venues } from './controls.js'
import { barAt, changeWords, moveOf, numeral } from './prices.js'

/** @typedef {import('../../src/market/answers.ts').ChartAnswer} ChartAnswer */

/** What is shown, by name; why there is nothing, in the middle of the chart. @param {ChartAnswer} answer */
export function showTitle({ symbol, name, date, venue, interval, note }) {
  byId('symbol-title').replaceChildren(
    element('span', { class: 'code' }, symbol ?? 'No symbol'),
    element('bdi', { class: 'title-name' }, name ?? ''),
    element('span', { class: 'soft-word' }, `${interval} · ${venues[venue]}`),
  )
  document.title = `${symbol ?? 'Market'} ${date} · tickhouse`
  document.body.classList.toggle('one-venue', venue !== 'consolidated')
  const words = note === null ? [] : [element('p', { class: 'problem' }, note.problem), element('p', {}, note.remedy)]
  byId('note').replaceChildren(...words)
}

/** Whether what is shown goes on. @param {ChartAnswer} answer */
export function showWhen({ date, isToday }) {
  say(byId('moment'), isToday ? `live · ${clock(Date.now())} in Korea` : `${date}, a day that is over`)
}

/** The figures of a bar. @param {ChartAnswer} answer @param {number} index */
export function showFigures({ bars, interval }, index) {
  if (index < 0) return byId('figures').replaceChildren()
  const bar = barAt(bars, index)
  const before = bars.close[index - 1] ?? bar.open
  const figure = (/** @type {string} */ name, /** @type {number} */ value) =>
    element('span', {}, `${name} `, element('b', {}, numeral(value)))
  byId('figures').replaceChildren(
    element('span', {}, barTime(bars.at[index] ?? 0, interval)),
    figure('O', bar.open),
    figure('H', bar.high),
    figure('L', bar.low),
    figure('C', bar.close),
    element('span', { class: moveOf(before, bar.close) }, changeWords(before, bar.close)),
    figure('Vol', bar.volume),
  )
}

/** The Korean date of a moment, seconds. @param {number} at */
export function dateOf(at) {
  return new Date(at * 1000).toLocaleDateString('en-CA', { timeZone: 'Asia/Seoul' })
}

/** When a bar begins. @param {number} at @param {string} interval */
function barTime(at, interval) {
  const seconds = intervals[/** @type {keyof typeof intervals} */ (interval)]
  if (seconds >= intervals['1d']) return dateOf(at)
  const time = clock(at * 1000)
  return seconds >= intervals['15m'] ? `${dateOf(at)} ${time.slice(0, 5)}` : seconds >= intervals['1m'] ? time.slice(0, 5) : time
}
