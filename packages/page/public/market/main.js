import { byId, say } from '../elements.js'
import { clock } from '../format.js'
import { ask, pause, questionOf, Refused, wantedIn } from './ask.js'
import { showBook } from './book.js'
import { Chart } from './chart.js'
import { Controls, intervals } from './controls.js'
import { dateOf, showFigures, showTitle, showWhen } from './figures.js'
import { showMarks } from './marks.js'
import { mergedBars } from './prices.js'
import { showSales } from './sales.js'
import { Search } from './search.js'

/**
 * @typedef {import('../../src/market/answers.ts').ChartAnswer} ChartAnswer
 * @typedef {import('./ask.js').Wanted} Wanted
 */

const [everyMs, slowlyMs, againMs] = [1000, 10_000, 3000]

let wanted = wantedIn(location.search)
/** @type {ChartAnswer | undefined} */
let shown
/** The bar on which the book and the trades stand; undefined while they follow the newest. @type {number | undefined} */
let chosen
/** Ends what is under way for something that is no longer wanted. */
let current = new AbortController()

const chart = new Chart(byId('chart'), { onPoint: point, onChoose: choose })
const search = new Search({
  ask: words => ask('symbols.json', { search: words }),
  take: symbol => want({ symbol, date: undefined }),
})
const controls = new Controls({ want, search })
byId('release').addEventListener('click', release)
byId('chart').addEventListener('keydown', walk)
window.addEventListener('popstate', () => {
  wanted = wantedIn(location.search)
  void load()
})

void load()

/** Shows something else. @param {Partial<Wanted>} changed */
function want(changed) {
  wanted = { ...wanted, ...changed }
  history.pushState(null, '', `?${questionOf(wanted)}`)
  void load()
}

/** Asks for what is wanted until it is there, then follows it. */
async function load() {
  current.abort()
  current = new AbortController()
  const { signal } = current
  settle(undefined)
  document.body.classList.add('loading')
  while (!signal.aborted && !(await attempt(signal))) await pause(againMs)
  if (!signal.aborted) await follow(signal)
}

/** Whether there is nothing more to ask for. @param {AbortSignal} signal */
async function attempt(signal) {
  try {
    show(await ask('chart.json', wanted, signal))
    // Once it is painted, for whoever measures.
    requestAnimationFrame(() => setTimeout(() => performance.mark('market-shown')))
    await showMoment(signal)
    return true
  } catch (error) {
    if (!signal.aborted) tell(error)
    return error instanceof Refused && !error.isPassing
  }
}

/** Keeps up with today, and with a day of which something may still come. @param {AbortSignal} signal */
async function follow(signal) {
  while (!signal.aborted && (shown?.isToday || shown?.note)) {
    await pause(shown.isToday && !isOfDays() ? everyMs : slowlyMs)
    if (signal.aborted || document.hidden) continue
    if (shown.bars.at.length === 0) await attempt(signal)
    else await newer(shown, signal).catch(error => !signal.aborted && tell(error))
  }
}

/** @param {ChartAnswer} answer */
function show(answer) {
  shown = answer
  say(byId('connection'), '')
  document.body.classList.remove('loading')
  chart.show(forChart(answer))
  showTitle(answer)
  showWhen(answer)
  controls.show(answer)
  showMarks(answer.marks, go)
  point(undefined)
}

/** The bars since the last two, which may still grow. @param {ChartAnswer} before @param {AbortSignal} signal */
async function newer(before, signal) {
  const { venue, interval, date, bars } = before
  const symbol = before.symbol ?? undefined
  const since = (bars.at.at(-2) ?? bars.at.at(-1) ?? 0) * 1_000_000
  const answer = /** @type {ChartAnswer} */ (await ask('chart.json', { symbol, venue, interval, date, since }, signal))
  const marks = [
    ...before.marks.filter(({ fromMs }) => fromMs * 1000 < since),
    ...answer.marks.filter(({ fromMs }) => fromMs * 1000 >= since),
  ]
  shown = { ...before, bars: mergedBars(bars, answer.bars), marks }
  say(byId('connection'), '')
  showWhen(shown)
  showMarks(marks, go)
  chart.follow(forChart(shown))
  point(undefined)
  if (chosen === undefined) await showMoment(signal)
}

/** The book and the trades at the end of the chosen bar, or the newest. @param {AbortSignal} signal */
async function showMoment(signal) {
  if (shown === undefined || shown.symbol === null) return
  const { symbol, venue, date, bars } = shown
  const end = bars.at[chosen ?? bars.at.length - 1]
  const isNewest = end === undefined || isOfDays() || (chosen === undefined && shown.isToday)
  const at = isNewest ? undefined : (end + secondsOf()) * 1_000_000 - 1
  const answer = await ask('moment.json', { symbol, venue, date, at }, signal)
  showBook(answer)
  showSales(answer.sales)
}

/** Shows the figures of a bar, else of the chosen or the last one. @param {number | undefined} index */
function point(index) {
  if (shown !== undefined) showFigures(shown, index ?? chosen ?? shown.bars.at.length - 1)
}

/** Takes the book and the trades to a bar; of a day it opens that day. @param {number} index */
function choose(index) {
  if (isOfDays()) return want({ date: dateOf(shown?.bars.at[index] ?? 0), interval: '5m' })
  settle(index)
  point(index)
  say(byId('announcement'), byId('figures').textContent)
  void showMoment(current.signal).catch(error => !current.signal.aborted && tell(error))
}

/** Back to the newest. */
function release() {
  settle(undefined)
  chart.release()
  point(undefined)
  void showMoment(current.signal).catch(error => !current.signal.aborted && tell(error))
}

/** @param {number | undefined} index */
function settle(index) {
  chosen = index
  byId('release').hidden = index === undefined
}

/** Takes the cursor to a moment. @param {number} ms */
function go(ms) {
  if (shown === undefined || shown.bars.at.length === 0) return
  const found = shown.bars.at.findLastIndex(at => at * 1000 <= ms)
  const index = Math.max(0, found)
  byId('chart').focus()
  chart.point(index)
  choose(index)
}

/** From bar to bar by the keys. @param {KeyboardEvent} event */
function walk({ key, shiftKey }) {
  if (key === 'Escape') return release()
  if (key === 'Enter' && chosen !== undefined) return choose(chosen)
  const steps = { ArrowLeft: -1, ArrowRight: 1 }[key]
  const last = (shown?.bars.at.length ?? 0) - 1
  if (steps === undefined || shiftKey || last < 0) return
  const index = Math.min(last, Math.max(0, (chosen ?? last + 1) + steps))
  chart.point(index)
  if (isOfDays()) settle(index)
  else choose(index)
}

/** @param {ChartAnswer} answer */
function forChart({ bars, marks }) {
  return { bars, marks, seconds: secondsOf() }
}

function isOfDays() {
  return secondsOf() >= intervals['1d']
}

function secondsOf() {
  return intervals[/** @type {keyof typeof intervals} */ (shown?.interval ?? '5m')]
}

/** @param {unknown} error */
function tell(error) {
  document.body.classList.remove('loading')
  const away = `The server of this page does not answer since ${clock(Date.now())}. Trying again.`
  say(byId('connection'), error instanceof Refused ? error.message : away)
}
