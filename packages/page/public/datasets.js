import { byId, element, say } from './elements.js'
import { age, grouped, rate } from './format.js'
import { nextOrder, sorted } from './sorting.js'

/** @typedef {import('../src/state/page-state.ts').DatasetLine} DatasetLine */

const columns = { dataset: 'dataset', rate: 'records/s', lag: 'Kafka lag', newest: 'newest row', rows: 'rows' }
const manyWaiting = 10_000

/** The table of datasets; a row stays the same element, whatever its place. */
export class Datasets {
  /** @type {import('./sorting.js').Order} */
  #order = undefined
  /** @type {Map<string, HTMLTableRowElement>} */
  #rows = new Map()
  /** @type {readonly DatasetLine[]} */
  #lines = []
  #atMs = 0

  constructor() {
    byId('dataset-heads').replaceChildren(...Object.entries(columns).map(([column, title]) => this.#head(column, title)))
  }

  /** @param {readonly DatasetLine[]} lines @param {number} atMs */
  show(lines, atMs) {
    this.#lines = lines
    this.#atMs = atMs
    const most = Math.max(1, ...lines.map(({ perSecond }) => perSecond))
    const rows = sorted(lines, this.#order).map(line => this.#row(line, most))
    const body = byId('dataset-rows')
    if (rows.some((row, index) => body.children[index] !== row)) body.replaceChildren(...rows)
  }

  /** @param {string} column @param {string} title */
  #head(column, title) {
    const button = element('button', { type: 'button' }, title)
    const head = element('th', { scope: 'col', ...(column !== 'dataset' && { class: 'figure' }) }, button)
    button.addEventListener('click', () => {
      this.#order = nextOrder(this.#order, column)
      for (const other of byId('dataset-heads').children) other.removeAttribute('aria-sort')
      if (this.#order) head.setAttribute('aria-sort', this.#order.direction)
      for (const [index, name] of Object.keys(columns).entries()) this.#mark(index, name)
      this.show(this.#lines, this.#atMs)
    })
    return head
  }

  /** The direction as an arrow for eyes; `aria-sort` says it to others. @param {number} index @param {string} column */
  #mark(index, column) {
    const button = byId('dataset-heads').children[index]?.firstElementChild
    const arrow = this.#order?.column !== column ? [] : [this.#order.direction === 'ascending' ? ' ↑' : ' ↓']
    const title = columns[/** @type {keyof typeof columns} */ (column)]
    button?.replaceChildren(title, ...arrow.map(text => element('span', { 'aria-hidden': 'true' }, text)))
  }

  /** @param {DatasetLine} line @param {number} most */
  #row(line, most) {
    const row = this.#rows.get(line.dataset) ?? newRow(line)
    this.#rows.set(line.dataset, row)
    const [bar, lag, newest, rows] = /** @type {HTMLElement[]} */ ([...row.children].slice(1))
    row.className = line.perSecond === 0 ? 'idle' : ''
    bar?.style.setProperty('--share', `${((100 * line.perSecond) / most).toFixed(1)}%`)
    lag?.classList.toggle('late', (line.lag ?? 0) >= manyWaiting)
    if (bar) say(bar, rate(line.perSecond))
    if (lag) say(lag, line.lag === null ? '?' : grouped(line.lag))
    if (newest) say(newest, line.newestMs === null ? 'none' : age(this.#atMs - line.newestMs))
    if (rows) say(rows, grouped(line.rows))
    return row
  }
}

/** @param {DatasetLine} line */
function newRow({ dataset, type }) {
  const name = element('th', { scope: 'row' }, ...breakable(dataset), ...(type ? [element('span', { class: 'type' }, type)] : []))
  const cells = ['figure bar', 'figure', 'figure', 'figure'].map(names => element('td', { class: names }))
  return element('tr', { 'data-dataset': dataset }, name, ...cells)
}

/** A name that may be broken after its underscores. @param {string} name */
function breakable(name) {
  return name.split(/(?<=_)/).flatMap(word => [word, element('wbr')])
}
