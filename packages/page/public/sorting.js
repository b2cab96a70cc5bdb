// The order of the table. Nothing here touches the page.

/**
 * @typedef {import('../src/state/page-state.ts').DatasetLine} DatasetLine
 * @typedef {{ column: string, direction: 'ascending' | 'descending' } | undefined} Order undefined is the order of the catalogue
 */

/** @type {Record<string, (line: DatasetLine) => string | number>} */
const values = {
  dataset: ({ dataset }) => dataset,
  rate: ({ perSecond }) => perSecond,
  lag: ({ lag }) => lag ?? -1,
  newest: ({ newestMs }) => newestMs ?? 0,
  rows: ({ rows }) => rows,
}

/** The lines in an order; those that are equal stay as they were. @param {readonly DatasetLine[]} lines @param {Order} order */
export function sorted(lines, order) {
  const value = order && values[order.column]
  if (value === undefined) return [...lines]
  const sign = order?.direction === 'descending' ? -1 : 1
  return [...lines].sort((a, b) => sign * compare(value(a), value(b)))
}

/** The next order when a head is pressed: the useful direction, the other one, the catalogue's. @param {Order} order @param {string} column */
export function nextOrder(order, column) {
  const first = column === 'dataset' ? 'ascending' : 'descending'
  const second = first === 'ascending' ? 'descending' : 'ascending'
  if (order?.column !== column) return /** @type {Order} */ ({ column, direction: first })
  return order.direction === first ? /** @type {Order} */ ({ column, direction: second }) : undefined
}

/** @param {string | number} a @param {string | number} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}
