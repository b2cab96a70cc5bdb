import { byId, drawn, element, say } from './elements.js'
import { age, clock, moment } from './format.js'
import { windowOf } from './window.js'

/**
 * @typedef {import('../src/state/page-state.ts').SessionSpan} SessionSpan
 * @typedef {import('../src/state/page-state.ts').PageGap} PageGap
 * @typedef {import('../src/state/page-state.ts').PageState} PageState
 */

const [least, laneHeight, axisHeight] = [62, 24, 18]
const [letterWidth, mostLetters, mostGaps] = [6.6, 20, 8]

/** @typedef {{ name: string, sessions: readonly SessionSpan[] }} Lane */

/** Sessions, collector by collector, and gaps of the last hours on lines, and the latest gaps in a table. @param {PageState} state */
export function showTimeLine({ sessions, gaps, collectors, atMs }) {
  const shown = windowOf(sessions, gaps, atMs)
  const recent = sessions.filter(({ toMs }) => (toMs ?? atMs) > shown.fromMs)
  const lanes = lanesOf(recent)
  const width = byId('lanes').clientWidth
  const left = Math.max(least, 8 + letterWidth * Math.max(...lanes.map(({ name }) => name.length)))
  const x = (/** @type {number} */ ms) =>
    left + ((Math.min(Math.max(ms, shown.fromMs), atMs) - shown.fromMs) / (atMs - shown.fromMs)) * (width - left - 8)
  const bottom = (lanes.length + 1) * laneHeight
  byId('lanes').replaceChildren(
    drawn(
      'svg',
      { class: 'wide', viewBox: `0 0 ${width} ${bottom + axisHeight}`, height: bottom + axisHeight },
      ...[...lanes.map(({ name }) => name), 'gaps'].map((name, index) =>
        drawn('text', { class: 'soft', y: 16 + index * laneHeight }, name),
      ),
      ...ticks(shown.fromMs, atMs, x, bottom),
      ...lanes.flatMap((lane, index) => lane.sessions.map(span => sessionBar(span, atMs, x, index * laneHeight))),
      ...gaps.filter(({ toMs }) => toMs > shown.fromMs).map(gap => gapMark(gap, x, lanes.length * laneHeight)),
    ),
  )
  const silent = collectors.filter(({ session }) => session === null).map(({ collector }) => collector)
  say(byId('session-words'), `${openWords(sessions, silent, atMs)} ${countWords(sessions, gaps, shown, atMs)}`)
  showGaps(gaps, atMs)
}

/** A lane for each of several collectors, by its name. @param {readonly SessionSpan[]} sessions @returns {Lane[]} */
function lanesOf(sessions) {
  const lanes = [...Map.groupBy(sessions, ({ collector }) => collector ?? '')].sort(([a], [b]) => a.localeCompare(b))
  if (lanes.length < 2) return [{ name: 'sessions', sessions }]
  return lanes.map(([name, own]) => ({ name: name.length > mostLetters ? `${name.slice(0, mostLetters - 1)}…` : name, sessions: own }))
}

/** @param {SessionSpan} span @param {number} atMs @param {(ms: number) => number} x @param {number} top */
function sessionBar({ fromMs, toMs }, atMs, x, top) {
  const [from, to] = [x(fromMs), x(toMs ?? atMs)]
  return drawn('rect', { class: 'span', x: from, y: top + 5, width: Math.max(2, to - from - 1), height: laneHeight - 10, rx: 3 })
}

/** However short, it is to be seen. @param {PageGap} gap @param {(ms: number) => number} x @param {number} top */
function gapMark({ fromMs, toMs }, x, top) {
  const [from, to] = [x(fromMs), x(toMs)]
  const middle = top + laneHeight / 2
  if (to - from > 10) return drawn('rect', { class: 'gap', x: from, y: middle - 7, width: to - from, height: 14 })
  return drawn('path', { class: 'gap', d: `M${(from + to) / 2} ${middle - 7}l6 7-6 7-6-7z` })
}

/** @param {number} fromMs @param {number} toMs @param {(ms: number) => number} x @param {number} bottom */
function ticks(fromMs, toMs, x, bottom) {
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

/** Which sessions are open, as far as anybody knows. @param {readonly SessionSpan[]} sessions @param {readonly string[]} silent @param {number} atMs */
function openWords(sessions, silent, atMs) {
  const open = sessions.filter(({ toMs }) => toMs === null)
  if (open.length === 0) return 'No session is open.'
  return open
    .map(({ session, collector, fromMs }) => {
      const name = `Session ${session}${open.length > 1 && collector !== null ? ` of ${collector}` : ''}`
      return silent.includes(collector ?? '') ? `${name}: its collector does not answer.` : `${name} is open for ${age(atMs - fromMs)}.`
    })
    .join(' ')
}

/** @param {readonly SessionSpan[]} sessions @param {readonly PageGap[]} gaps @param {{ fromMs: number }} shown @param {number} atMs */
function countWords(sessions, gaps, { fromMs }, atMs) {
  const recent = sessions.filter(({ toMs }) => (toMs ?? atMs) > fromMs).length
  return `In the last ${age(atMs - fromMs)}: ${count(recent, 'session')}, ${count(gaps.filter(({ toMs }) => toMs > fromMs).length, 'gap')}.`
}

/** @param {number} number @param {string} noun */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** @param {readonly PageGap[]} gaps @param {number} atMs */
function showGaps(gaps, atMs) {
  const body = byId('gap-rows')
  const latest = gaps.slice(0, mostGaps)
  const identity = latest.map(({ fromMs, reason }) => `${fromMs} ${reason}`).join('\n')
  if (body.dataset['shown'] === identity) return
  body.dataset['shown'] = identity
  byId('gaps').hidden = latest.length === 0
  body.replaceChildren(...latest.map(gap => gapRow(gap, atMs)))
}

/** @param {PageGap} gap @param {number} atMs */
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
