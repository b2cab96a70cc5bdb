import { showCollectors } from './collectors.js'
import { Datasets } from './datasets.js'
import { byId, element, say } from './elements.js'
import { age, clock, grouped, rate } from './format.js'
import { Pipeline } from './pipeline.js'
import { Plots } from './plots.js'
import { Problems } from './problems.js'
import { showTimeLine } from './time-line.js'

/**
 * @typedef {import('../src/state/page-state.ts').PageAnswer} PageAnswer
 * @typedef {import('../src/state/page-state.ts').PageState} PageState
 * @typedef {import('../src/state/page-state.ts').Point} Point
 */

const [everyMs, patienceMs, staleMs, keptMs] = [1000, 8000, 12_000, 600_000]
const parts = { pipeline: new Pipeline(), datasets: new Datasets(), problems: new Problems(), plots: new Plots() }
/** @type {readonly Point[]} */
let points = []
let heardAtMs = Date.now()

void follow()

/** Asks once a second, whatever became of the last question. */
async function follow() {
  for (;;) {
    await ask().catch(tellLost)
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}

async function ask() {
  const since = points.at(-1)?.atMs ?? 0
  const response = await fetch(`/state.json?since=${since}`, { signal: AbortSignal.timeout(patienceMs) })
  if (!response.ok) throw new Error(`${response.status}`)
  const answer = /** @type {PageAnswer} */ (await response.json())
  points = [...points, ...answer.points].filter(({ atMs }) => atMs > answer.state.atMs - keptMs)
  heardAtMs = Date.now()
  tellConnection(answer.state.atMs < heardAtMs - staleMs ? `The pipeline was looked at last at ${clock(answer.state.atMs)}` : '')
  show(answer.state)
}

/** The page's own server is away: what is shown is old, and that is said. */
function tellLost() {
  tellConnection(
    `The server of this page does not answer since ${clock(heardAtMs)}: what is below is from then. Trying again every second.`,
  )
}

/** @param {string} sentence */
function tellConnection(sentence) {
  say(byId('connection'), sentence)
  document.body.classList.toggle('stale', sentence !== '')
}

/** @param {PageState} state */
function show(state) {
  showHeader(state)
  parts.problems.show(state.problems)
  parts.pipeline.show(state.stages, state.flows)
  showCollectors(state.collectors)
  parts.datasets.show(state.datasets, state.atMs)
  parts.plots.show(points)
  showTimeLine(state)
}

/** @param {PageState} state */
function showHeader({ atMs, environment, flows, datasets, freshness, links }) {
  const sum = (/** @type {(line: PageState['datasets'][number]) => number} */ value) =>
    datasets.reduce((total, line) => total + value(line), 0)
  say(byId('environment'), environment ?? '')
  say(byId('total-rate'), `${rate(flows[0]?.perSecond ?? null)} /s`)
  say(byId('total-rows'), grouped(sum(({ rows }) => rows)))
  say(byId('total-lag'), datasets.some(({ lag }) => lag === null) ? '?' : grouped(sum(({ lag }) => lag ?? 0)))
  say(byId('fresh-name'), freshness?.of === 'heartbeat' ? 'newest heartbeat' : 'newest row')
  say(byId('total-fresh'), freshness === null ? 'none' : `${age(freshness.ageMs)} old`)
  say(byId('moment'), `${clock(atMs)} in Korea`)
  showLinks(links)
}

/** @param {PageState['links']} links */
function showLinks(links) {
  const list = byId('links')
  if (list.children.length === links.length) return
  byId('elsewhere').hidden = links.length === 0
  list.replaceChildren(
    ...links.map(({ name, url }) => element('li', {}, element('a', { href: url, target: '_blank', rel: 'noreferrer' }, name))),
  )
}
