import { byId, drawn, element, say } from './elements.js'
import { age, clock, moment } from './format.js'
import { windowOf } from './window.js'

/**
 * @typedef {import('../src/state.ts').SessionSpan} SessionSpan
 * @typedef {import('../src/state.ts').Gap} Gap
 * @typedef {import('../src/state.ts').PageState} PageState
 */

const [left, laneHeight, axisHeight] = [62, 24, 18]
const mostGaps = 8

/** Sessions and gaps of the last hours on a line, and the latest gaps in a table. @param {PageState} state */
export function showTimeLine({ sessions, gaps, atMs }) {
  const shown = windowOf(sessions, gaps, atMs)
  const width = byId('lanes').clientWidth
  const x = (/** @type {number} */ ms) =>
    left + ((Math.min(Math.max(ms, shown.fromMs), atMs) - shown.fromMs) / (atMs - shown.fromMs)) * (width - left - 8)
  byId('lanes').replaceChildren(
    drawn(
      'svg',
      { class: 'wide', viewBox: `0 0 ${width} ${2 * laneHeight + axisHeight}`, height: 2 * laneHeight + axisHeight },
      drawn('text', { class: 'soft', y: 16 }, 'sessions'),
      drawn('text', { class: 'soft', y: 16 + laneHeight }, 'gaps'),
      ...ticks(shown.fromMs, atMs, x),
      ...sessions.filter(({ toMs }) => (toMs ?? atMs) > shown.fromMs).map(span => sessionBar(span, atMs, x)),
      ...gaps.filter(({ toMs }) => toMs > shown.fromMs).map(gap => gapMark(gap, x)),
    ),
  )
  say(byId('session-words'), wordsOf(sessions, gaps, shown, atMs))
  showGaps(gaps, atMs)
}

/** @param {SessionSpan} span @param {number} atMs @param {(ms: number) => number} x */
function sessionBar({ fromMs, toMs }, atMs, x) {
  const [from, to] = [x(fromMs), x(toMs ?? atMs)]
  return drawn('rect', { class: 'span', x: from, y: 5, width: Math.max(2, to - from - 1), height: laneHeight - 10, rx: 3 })
}

/** However short, it is to be seen. @param {Gap} gap @param {(ms: number) => number} x */
function gapMark({ fromMs, toMs }, x) {
  const [from, to] = [x(fromMs), x(toMs)]
  const middle = laneHeight * 1.5
  if (to - from > 10) return drawn('rect', { class: 'gap', x: from, y: middle - 7, width: to - from, height: 14 })
  return drawn('path', { class: 'gap', d: `M${(from + to) / 2} ${middle - 7}l6 7-6 7-6-7z` })
}

/** @param {number} fromMs @param {number} toMs @param {(ms: number) => number} x */
function ticks(fromMs, toMs, x) {
  const bottom = 2 * laneHeight
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share, index) => {
    const ms = fromMs + share * (toMs - fromMs)
    const anchor = index === 0 ? 'start' : index === 4 ? 'end' : 'middle'
    return [
      drawn('path', { class: 'axis', d: `M${x(ms)} 0V${bottom}` }),
      ...(index % 2 === 0
        ? [drawn('text', { class: 'soft', x: x(ms), y: bottom + 14, 'text-anchor': anchor }, clock(ms).slice(0, 5))]
        : []),
    ]
  })
}

/** @param {readonly SessionSpan[]} sessions @param {readonly Gap[]} gaps @param {{ fromMs: number }} shown @param {number} atMs */
function wordsOf(sessions, gaps, { fromMs }, atMs) {
  const open = sessions.find(({ toMs }) => toMs === null)
  const now = open ? `Session ${open.session} is open for ${age(atMs - open.fromMs)}` : 'No session is open'
  const recent = gaps.filter(({ toMs }) => toMs > fromMs).length
  return `${now}. In the last ${age(atMs - fromMs)}: ${count(sessions.filter(({ toMs }) => (toMs ?? atMs) > fromMs).length, 'session')}, ${count(recent, 'gap')}.`
}

/** @param {number} number @param {string} noun */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** @param {readonly Gap[]} gaps @param {number} atMs */
function showGaps(gaps, atMs) {
  const body = byId('gap-rows')
  const latest = gaps.slice(0, mostGaps)
  const identity = latest.map(({ fromMs, reason }) => `${fromMs} ${reason}`).join('\n')
  if (body.dataset['shown'] === identity) return
  body.dataset['shown'] = identity
  byId('gaps').hidden = latest.length === 0
  body.replaceChildren(...latest.map(gap => gapRow(gap, atMs)))
}

/** @param {Gap} gap @param {number} atMs */
function gapRow({ fromMs, toMs, reason, concerns }, atMs) {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, moment(fromMs, atMs)),
    element('td', { class: 'figure' }, age(toMs - fromMs)),
    element('td', {}, reason),
    element('td', {}, concerns),
  )
}
