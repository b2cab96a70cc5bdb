import { byId, element } from '../elements.js'
import { stepped } from './prices.js'

/**
 * @typedef {import('../../src/market/answers.ts').ChartAnswer} ChartAnswer
 * @typedef {import('./ask.js').Wanted} Wanted
 */

/** The intervals of the chart and how long a bar of each lasts, seconds. */
export const intervals = { '1s': 1, '5s': 5, '15s': 15, '1m': 60, '5m': 300, '15m': 900, '1h': 3600, '1d': 86_400 }
/** The venues of the chart, as they are called. */
export const venues = { consolidated: 'KRX + NXT', KRX: 'KRX', NXT: 'NXT' }

/** What chooses the interval, the venue and the date, by the pointer and by the keys of the whole page. */
export class Controls {
  #want
  #search
  /** @type {ChartAnswer | undefined} */
  #shown

  /** @param {{ want: (changed: Partial<Wanted>) => void, search: { focus: () => void } }} actions */
  constructor({ want, search }) {
    this.#want = want
    this.#search = search
    segments('intervals', Object.fromEntries(Object.keys(intervals).map(name => [name, name])), interval => want({ interval }))
    segments('venues', venues, venue => want({ venue }))
    dateField().addEventListener('change', () => dateField().value !== '' && want({ date: dateField().value }))
    byId('previous').addEventListener('click', () => this.#goTo(this.#shown?.previous))
    byId('next').addEventListener('click', () => this.#goTo(this.#shown?.next))
    document.addEventListener('keydown', event => this.#press(event))
  }

  /** @param {ChartAnswer} answer */
  show(answer) {
    this.#shown = answer
    dateField().value = answer.date
    byId('previous').toggleAttribute('disabled', answer.previous === null)
    byId('next').toggleAttribute('disabled', answer.next === null)
    check('intervals', answer.interval)
    check('venues', answer.venue)
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'radio'
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    const action = this.#actionOf(event)
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  /** @param {KeyboardEvent} event @returns {(() => void) | undefined} */
  #actionOf({ key, shiftKey }) {
    if (key === '/') return () => this.#search.focus()
    if (key === '[') return () => this.#want({ interval: stepped(Object.keys(intervals), this.#shown?.interval ?? '5m', -1) })
    if (key === ']') return () => this.#want({ interval: stepped(Object.keys(intervals), this.#shown?.interval ?? '5m', 1) })
    if (key === 'v') return () => this.#want({ venue: nextOf(Object.keys(venues), this.#shown?.venue) })
    if (shiftKey && key === 'ArrowLeft') return () => this.#goTo(this.#shown?.previous)
    if (shiftKey && key === 'ArrowRight') return () => this.#goTo(this.#shown?.next)
    return undefined
  }

  /** @param {string | null | undefined} date */
  #goTo(date) {
    if (date) this.#want({ date })
  }
}

/** Choices of which one is taken. @param {string} id @param {Record<string, string>} names @param {(name: string) => void} take */
function segments(id, names, take) {
  const made = Object.entries(names).map(([name, words]) => {
    const choice = element('input', { type: 'radio', name: id, value: name })
    choice.addEventListener('change', () => take(name))
    return element('label', {}, choice, element('span', {}, words))
  })
  byId(id).append(...made)
}

/** @param {string} id @param {string} name */
function check(id, name) {
  for (const choice of byId(id).querySelectorAll('input')) choice.checked = choice.value === name
}

/** @param {readonly string[]} names @param {string | undefined} name */
function nextOf(names, name) {
  return /** @type {string} */ (names[(names.indexOf(name ?? '') + 1) % names.length])
}

function dateField() {
  return /** @type {HTMLInputElement} */ (byId('date'))
}
