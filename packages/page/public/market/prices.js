// How prices and bars read, and what a chart library takes of them. Nothing here touches the page.

/**
 * @typedef {import('../../src/market/answers.ts').Bars} Bars
 * @typedef {import('../../src/market/answers.ts').MarketMark} MarketMark
 * @typedef {{ open: number, high: number, low: number, close: number, volume: number }} Bar
 */

/** Korea is ahead of UTC by this, and has no summer time; the chart library knows no zones. */
const koreaSeconds = 9 * 3600

/** A moment as the time that the chart shows. @param {number} seconds */
export function chartTime(seconds) {
  return seconds + koreaSeconds
}

/** The moment that stands behind a time of the chart. @param {number} time */
export function momentAt(time) {
  return time - koreaSeconds
}

/** A price, a volume or a difference: `71,500`, `1,043.25`. @param {number} value */
export function numeral(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

/** A change with its sign: `+1,200 (+1.70 %)`. @param {number} from @param {number} to */
export function changeWords(from, to) {
  const sign = to > from ? '+' : to < from ? '−' : ''
  const share = from === 0 ? '' : ` (${sign}${Math.abs((to / from - 1) * 100).toFixed(2)} %)`
  return `${sign}${numeral(Math.abs(to - from))}${share}`
}

/** How a price has moved, in one word. @param {number} from @param {number} to @returns {'up' | 'down' | 'even'} */
export function moveOf(from, to) {
  return to > from ? 'up' : to < from ? 'down' : 'even'
}

/** The bar at an index. @param {Bars} bars @param {number} index @returns {Bar} */
export function barAt(bars, index) {
  const at = (/** @type {readonly number[]} */ column) => /** @type {number} */ (column[index])
  return { open: at(bars.open), high: at(bars.high), low: at(bars.low), close: at(bars.close), volume: at(bars.volume) }
}

/** Bars with those of a newer answer: from where that begins, it counts. @param {Bars} bars @param {Bars} newer @returns {Bars} */
export function mergedBars(bars, newer) {
  const [first] = newer.at
  if (first === undefined) return bars
  const found = bars.at.findIndex(at => at >= first)
  const kept = found < 0 ? bars.at.length : found
  const joined = (/** @type {keyof Bars} */ column) => [...bars[column].slice(0, kept), ...newer[column]]
  return {
    at: joined('at'),
    open: joined('open'),
    high: joined('high'),
    low: joined('low'),
    close: joined('close'),
    volume: joined('volume'),
  }
}

/** Those of the marks in whose time there are bars. @param {readonly MarketMark[]} marks @param {Bars} bars @param {number} seconds */
export function marksAmong(marks, { at }, seconds) {
  const [first, last] = [at[0], at.at(-1)]
  if (first === undefined || last === undefined) return []
  return marks.filter(({ fromMs, toMs }) => toMs / 1000 > first && fromMs / 1000 < last + seconds)
}

/** @param {MarketMark} mark */
const takesRoom = ({ kind }) => kind !== 'phase'

/** Longer auctions, interruptions and gaps are cut: a night without a collector would leave no room for bars. */
const maxMissing = 120

/**
 * The moments of a chart, seconds: those of the bars, and one for each missing bar in an auction, an interruption or a gap between the first and the last bar, so that these
 * are as long as they were.
 * @param {Bars} bars @param {readonly MarketMark[]} marks @param {number} seconds
 */
export function momentsOf({ at }, marks, seconds) {
  const [first, last] = [at[0], at.at(-1)]
  if (first === undefined || last === undefined) return []
  const moments = new Set(at)
  for (const { fromMs, toMs } of marks.filter(takesRoom)) {
    const from = Math.max(first, Math.floor(fromMs / 1000 / seconds) * seconds)
    const to = Math.min(last, toMs / 1000, from + maxMissing * seconds)
    for (let moment = from; moment < to; moment += seconds) moments.add(moment)
  }
  return [...moments].sort((one, other) => one - other)
}

/**
 * Where a moment stands among the moments of a chart, counted in bars: bar 3 begins at 2.5 and ends at 3.5. Before the first and after the last it stands at their
 * edges. Undefined where there are none.
 * @param {readonly number[]} moments in rising order @param {number} moment @param {number} seconds how long a bar lasts
 */
export function placeIn(moments, moment, seconds) {
  if (moments.length === 0) return undefined
  let [index, above] = [-1, moments.length]
  while (above - index > 1) {
    const middle = (index + above) >> 1
    if (/** @type {number} */ (moments[middle]) <= moment) index = middle
    else above = middle
  }
  const begun = moments[index]
  return begun === undefined ? -0.5 : index - 0.5 + Math.min(1, (moment - begun) / seconds)
}

/** The name that stands that many places further on in a list, or the one at its end. @param {readonly string[]} names @param {string} name @param {number} steps */
export function stepped(names, name, steps) {
  const index = names.indexOf(name) + steps
  return names[Math.min(names.length - 1, Math.max(0, index))] ?? name
}
