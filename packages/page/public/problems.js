import { byId, element, icon, say } from './elements.js'

/** @typedef {import('../src/state/page-state.ts').PageProblem} PageProblem */

/** What is wrong, in words, and what to do. New problems are announced once, however often their figures change. */
export class Problems {
  #shown = ''
  /** @type {string[] | undefined} */
  #known

  /** @param {readonly PageProblem[]} problems */
  show(problems) {
    const condition = problems.some(problem => problem.condition === 'bad') ? 'bad' : problems.length > 0 ? 'poor' : 'good'
    const headline = headlineOf(problems)
    byId('problems').className = condition
    if (byId('problems').dataset['headline'] !== headline + condition) byId('problems-title').replaceChildren(icon(condition), headline)
    byId('problems').dataset['headline'] = headline + condition
    this.#list(problems)
    this.#announce(problems)
    document.title = problems.length === 0 ? 'tickhouse' : `(${problems.length}) tickhouse: ${problems[0]?.problem}`
  }

  /** A line stays the same element while it is about the same, so that nobody loses the button he is on. @param {readonly PageProblem[]} problems */
  #list(problems) {
    const list = byId('problem-list')
    const abouts = problems.map(({ about, condition, remedy }) => `${about} ${condition} ${remedy}`).join('\n')
    if (abouts !== this.#shown) list.replaceChildren(...problems.map(line))
    this.#shown = abouts
    problems.forEach(({ problem }, index) => {
      const sentence = list.children[index]?.querySelector('.sentence')
      if (sentence) say(sentence, problem)
    })
  }

  /** @param {readonly PageProblem[]} problems */
  #announce(problems) {
    const abouts = problems.map(({ about }) => about)
    const fresh = problems.filter(({ about }) => !this.#known?.includes(about))
    const isFirst = this.#known === undefined
    if (fresh.length > 0) say(byId('announcement'), fresh.map(({ problem }) => problem).join('. '))
    else if (!isFirst && abouts.length === 0 && this.#known?.length) say(byId('announcement'), 'Nothing is wrong any more')
    this.#known = abouts
  }
}

/** @param {readonly PageProblem[]} problems */
function headlineOf({ length }) {
  return length === 0 ? 'Nothing is wrong' : length === 1 ? 'One thing is wrong' : `${length} things are wrong`
}

/** @param {PageProblem} problem */
function line({ condition, problem, remedy }) {
  const [command = remedy, ...notes] = remedy.split('   ')
  const copy = element('button', { type: 'button', class: 'copy', 'aria-label': `Copy: ${command}` }, 'Copy')
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command)
    say(copy, 'Copied')
  })
  return element(
    'li',
    {},
    icon(condition, 'sentence-icon'),
    element('p', { class: 'sentence' }, problem),
    element(
      'p',
      { class: 'remedy' },
      element('code', {}, command),
      ...(navigator.clipboard ? [copy] : []),
      ...notes.map(note => element('span', {}, note)),
    ),
  )
}
