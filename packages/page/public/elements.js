/** @typedef {import('../src/state/page-state.ts').StageCondition} StageCondition */

/** The element of that id. @param {string} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}

/**
 * An HTML element with attributes and content.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string>} [attributes] @param {...(Node | string)} content
 */
export function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...content)
  return made
}

/**
 * An SVG element with attributes and content.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag @param {Record<string, string | number>} [attributes] @param {...(Node | string)} content
 */
export function drawn(tag, attributes = {}, ...content) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.append(...content)
  return made
}

/** Sets a text only when it is another one: nothing is told or painted twice. @param {Element} target @param {string} text */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text
}

const outlines = {
  good: 'M7 0a7 7 0 1 1 0 14a7 7 0 1 1 0-14M6 10.6l5-5-1.2-1.2L6 8.2 4.2 6.4 3 7.6z',
  poor: 'M7 .5 14 13.5H0zM6.2 5v4h1.6V5zM6.2 10.4v1.6h1.6v-1.6z',
  bad: 'M0 0h14v14H0zM4.3 3.1 3.1 4.3 5.8 7 3.1 9.7l1.2 1.2L7 8.2l2.7 2.7 1.2-1.2L8.2 7l2.7-2.7-1.2-1.2L7 5.8z',
  unknown: 'M7 1a6 6 0 1 1 0 12a6 6 0 1 1 0-12',
}

/** The shape of a condition: a disc, a triangle, a square or a ring, so that no colour is needed. @param {StageCondition} condition */
export function shape(condition) {
  return drawn('path', { d: outlines[condition], class: `shape-${condition}`, 'fill-rule': 'evenodd' })
}

/** The shape as a picture of its own. @param {StageCondition} condition @param {string} [more] */
export function icon(condition, more = '') {
  return drawn('svg', { class: `icon ${more}`, viewBox: '0 0 14 14', 'aria-hidden': 'true' }, shape(condition))
}
