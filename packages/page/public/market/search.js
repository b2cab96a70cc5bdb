import { byId, element } from '../elements.js'

/**
 * @typedef {import('../../src/market/answers.ts').FoundSymbol} FoundSymbol
 * @typedef {import('../../src/market/answers.ts').SymbolsAnswer} SymbolsAnswer
 */

const settleMs = 120

/** The field in which a symbol is searched for, with the list of what was found: up and down choose, Enter takes, Escape closes. */
export class Search {
  #field = /** @type {HTMLInputElement} */ (byId('search'))
  #list = byId('found')
  /** @type {readonly FoundSymbol[]} */
  #found = []
  #active = 0
  #asked = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #ask
  #take

  /** @param {{ ask: (search: string) => Promise<SymbolsAnswer>, take: (symbol: string) => void }} actions */
  constructor({ ask, take }) {
    this.#ask = ask
    this.#take = take
    this.#field.addEventListener('input', () => this.#soon())
    this.#field.addEventListener('focus', () => this.#soon())
    this.#field.addEventListener('keydown', event => this.#press(event))
    this.#field.addEventListener('blur', () => this.#close())
    byId('controls').addEventListener('submit', event => event.preventDefault())
  }

  focus() {
    this.#field.focus()
    this.#field.select()
  }

  #soon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), settleMs)
  }

  /** An answer that comes after a newer question is not shown. */
  async #look() {
    const asked = ++this.#asked
    const answer = await this.#ask(this.#field.value).catch(() => undefined)
    if (answer === undefined || asked !== this.#asked || document.activeElement !== this.#field) return
    this.#found = answer.symbols
    this.#active = 0
    const none =
      answer.note === null
        ? []
        : [element('div', { role: 'option', 'aria-disabled': 'true', class: 'none' }, `${answer.note.problem} ${answer.note.remedy}`)]
    this.#list.replaceChildren(...this.#found.map((found, index) => this.#option(found, index)), ...none)
    this.#open(true)
    this.#mark()
  }

  /** @param {FoundSymbol} found @param {number} index */
  #option({ symbol, name, market }, index) {
    const option = element(
      'div',
      { role: 'option', id: `found-${index}` },
      element('span', { class: 'code' }, symbol),
      element('bdi', { class: 'found-name' }, name ?? ''),
      element('span', { class: 'soft-word' }, market ?? ''),
    )
    // Before the field loses the focus, which closes the list.
    option.addEventListener('pointerdown', event => {
      event.preventDefault()
      this.#choose(index)
    })
    return option
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing) return
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (steps !== undefined && this.#found.length > 0) {
      event.preventDefault()
      this.#active = (this.#active + steps + this.#found.length) % this.#found.length
      this.#mark()
    }
    if (event.key === 'Enter') this.#choose(this.#active)
    if (event.key === 'Escape') this.#leave()
  }

  #mark() {
    for (const [index, option] of [...this.#list.children].entries()) option.setAttribute('aria-selected', String(index === this.#active))
    this.#list.children[this.#active]?.scrollIntoView({ block: 'nearest' })
    if (this.#found.length > 0) this.#field.setAttribute('aria-activedescendant', `found-${this.#active}`)
  }

  /** @param {number} index */
  #choose(index) {
    const chosen = this.#found[index]
    if (chosen === undefined || this.#list.hidden) return
    this.#leave()
    this.#take(chosen.symbol)
  }

  #leave() {
    this.#field.value = ''
    this.#field.blur()
    byId('chart').focus()
  }

  #close() {
    clearTimeout(this.#timer)
    this.#asked++
    this.#open(false)
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.#list.hidden = !isOpen
    this.#field.setAttribute('aria-expanded', String(isOpen))
    if (!isOpen) this.#field.removeAttribute('aria-activedescendant')
  }
}
