import uPlot from '/uplot.js'
import { byId, drawn, element } from './elements.js'
import { age, clock, rate } from './format.js'

/** @typedef {import('../src/state/page-state.ts').Point} Point */

/** One plot: where it is, and its lines. @typedef {{ id: string, lines: readonly { name: string, value: (point: Point) => number | null }[], format: (value: number) => string }} Definition */

/** @type {Record<'late' | 'rate', Definition>} */
const definitions = {
  late: {
    id: 'late',
    lines: [
      { name: 'latency', value: ({ latencyMs }) => latencyMs },
      { name: 'age of the newest', value: ({ freshMs }) => freshMs },
    ],
    format: age,
  },
  rate: {
    id: 'rate',
    lines: [
      { name: 'captured', value: ({ captured }) => captured },
      { name: 'stored', value: ({ stored }) => stored },
    ],
    format: rate,
  },
}

const [height, currentMs] = [168, 6000]
/** Steps of an axis whose figures stay short. */
const steps = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map(figure => figure * 10 ** (power - 1))).flat()

/** Latency and rates of the last ten minutes, as two plots, each with its newest figures in words. */
export class Plots {
  #plots = Object.values(definitions).map(definition => new Plot(definition))

  /** @param {readonly Point[]} points */
  show(points) {
    for (const plot of this.#plots) plot.show(points)
  }
}

class Plot {
  #definition
  /** @type {uPlot | undefined} */
  #plot
  /** @type {readonly Point[]} */
  #points = []

  /** @param {Definition} definition */
  constructor(definition) {
    this.#definition = definition
    const again = () => this.#draw()
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#place.clientWidth, height })).observe(this.#place)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again)
  }

  get #place() {
    return byId(`${this.#definition.id}-plot`)
  }

  /** @param {readonly Point[]} points */
  show(points) {
    this.#points = points
    if (this.#plot === undefined) this.#draw()
    else this.#plot.setData(this.#data())
    this.#tell()
  }

  #draw() {
    this.#plot?.destroy()
    this.#plot = new uPlot(optionsOf(this.#definition, this.#place.clientWidth), this.#data(), this.#place)
  }

  /** @returns {uPlot.AlignedData} */
  #data() {
    const times = this.#points.map(({ atMs }) => atMs / 1000)
    return [times, ...this.#definition.lines.map(({ value }) => this.#points.map(value))]
  }

  /** The newest figures, and which line they belong to. */
  #tell() {
    const { id, lines, format } = this.#definition
    const newestMs = this.#points.at(-1)?.atMs ?? 0
    const current = this.#points.filter(({ atMs }) => atMs > newestMs - currentMs)
    const keys = lines.map(({ name, value }, index) => {
      const now = current.map(value).findLast(figure => figure !== null)
      return key(index, `${name} ${now === undefined || now === null ? 'not known' : format(now)}`)
    })
    byId(`${id}-now`).replaceChildren(...keys.flatMap(made => [made, ' ']))
  }
}

/** @param {number} index @param {string} text */
function key(index, text) {
  const dash = index === 1 ? { 'stroke-dasharray': '5 3' } : {}
  const sample = drawn(
    'svg',
    { class: 'sample', 'aria-hidden': 'true' },
    drawn('line', { x2: 22, y1: 4, y2: 4, class: `line-${index + 1}`, ...dash }),
  )
  return element('span', { class: 'key' }, sample, text)
}

/** @param {Definition} definition @param {number} width @returns {uPlot.Options} */
function optionsOf({ lines, format }, width) {
  const colour = (/** @type {string} */ name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--soft'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  }
  const strokes = [colour('--accent'), colour('--second')]
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 26, 0, 0],
    scales: {
      x: { time: true, range: (_, min, max) => [Math.min(min, max - 60), max] },
      y: { range: (_, __, max) => [0, (max || 1) * 1.1] },
    },
    axes: [
      { ...axis, size: 22, grid: { show: false }, space: 70, values: (_, ticks) => ticks.map(second => clock(second * 1000)) },
      { ...axis, size: 58, space: 28, incrs: steps, values: (_, ticks) => ticks.map(value => (value === 0 ? '0' : format(value))) },
    ],
    series: [
      {},
      ...lines.map((_, index) => ({
        stroke: /** @type {string} */ (strokes[index]),
        width: 1.5,
        points: { show: false },
        ...(index === 1 && { dash: [5, 3] }),
      })),
    ],
  }
}
