import { byId, element, icon, say } from './elements.js'
import { grouped, rate, size } from './format.js'

/** @typedef {import('../src/state/page-state.ts').CollectorLine} CollectorLine */

/** Each of several collectors, and what they have together; nothing where the picture tells of the only one. @param {readonly CollectorLine[]} lines */
export function showCollectors(lines) {
  byId('collectors').hidden = lines.length === 0
  const body = byId('collector-rows')
  const identity = lines.map(({ collector }) => collector).join('\n')
  if (body.dataset['shown'] !== identity) body.replaceChildren(...lines.map(({ collector }) => newRow(collector)))
  body.dataset['shown'] = identity
  lines.forEach((line, index) => {
    fill(/** @type {HTMLElement} */ (body.children[index]), line)
  })
  const cells = [...byId('collectors-together').children].slice(3)
  figuresOf(togetherOf(lines)).forEach((text, index) => {
    say(/** @type {Element} */ (cells[index]), text)
  })
}

/** @param {string} collector */
function newRow(collector) {
  const state = element('td', { class: 'state' }, element('span', { class: 'mark' }), element('span', { class: 'word' }))
  const figures = Array.from({ length: 4 }, () => element('td', { class: 'figure' }))
  return element('tr', {}, element('th', { scope: 'row' }, collector), state, element('td'), ...figures)
}

/** @param {HTMLElement} row @param {CollectorLine} line */
function fill(row, line) {
  const [, , session, ...figures] = row.children
  if (row.dataset['condition'] !== line.condition) row.querySelector('.mark')?.replaceChildren(icon(line.condition))
  row.dataset['condition'] = line.condition
  row.className = line.condition
  say(/** @type {Element} */ (row.querySelector('.word')), line.word)
  say(/** @type {Element} */ (session), line.session ?? '?')
  figuresOf(line).forEach((text, index) => {
    say(/** @type {Element} */ (figures[index]), text)
  })
}

/** @typedef {Pick<CollectorLine, 'perSecond' | 'waiting' | 'journalBytes' | 'gaps'>} Figures */

/** @param {Figures} figures */
function figuresOf({ perSecond, waiting, journalBytes, gaps }) {
  return [
    rate(perSecond),
    waiting === null ? '?' : grouped(waiting),
    journalBytes === null ? '?' : size(journalBytes),
    gaps === null ? '?' : grouped(gaps),
  ]
}

/** Of those that tell. @param {readonly CollectorLine[]} lines @returns {Figures} */
function togetherOf(lines) {
  const sum = (/** @type {(line: Figures) => number | null} */ value) => {
    const known = lines.map(value).filter(figure => figure !== null)
    return known.length === 0 ? null : known.reduce((total, figure) => total + figure, 0)
  }
  return {
    perSecond: sum(({ perSecond }) => perSecond),
    waiting: sum(({ waiting }) => waiting),
    journalBytes: sum(({ journalBytes }) => journalBytes),
    gaps: sum(({ gaps }) => gaps),
  }
}
