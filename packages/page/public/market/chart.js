import { CandlestickSeries, CrosshairMode, createChart, HistogramSeries } from '/lightweight-charts.js'
import { clock } from '../format.js'
import { Bands } from './bands.js'
import { barAt, chartTime, marksAmong, momentAt, momentsOf, numeral, placeIn } from './prices.js'

/**
 * @typedef {import('../../src/market/answers.ts').Bars} Bars
 * @typedef {import('../../src/market/answers.ts').MarketMark} MarketMark
 * @typedef {import('/lightweight-charts.js').UTCTimestamp} Time
 * @typedef {import('/lightweight-charts.js').Logical} Logical
 * @typedef {{ bars: Bars, marks: readonly MarketMark[], seconds: number }} Shown
 */

const [daySeconds, minSpacing] = [86_400, 4]
const wholePrices = /** @type {const} */ ({ type: 'price', precision: 0, minMove: 1 })
const partPrices = /** @type {const} */ ({ type: 'price', precision: 2, minMove: 0.01 })

/** Candles with volume and bands behind them, and a cursor that goes from bar to bar. */
export class Chart {
  #place
  #chart
  #candles
  #volume
  #bands
  /** @type {Shown} */
  #shown = { bars: { at: [], open: [], high: [], low: [], close: [], volume: [] }, marks: [], seconds: 60 }
  /** The moments that have a place, seconds. @type {readonly number[]} */
  #moments = []
  /** @type {(index: number | undefined) => void} */
  #onPoint

  /** @param {HTMLElement} place @param {{ onPoint: (index: number | undefined) => void, onChoose: (index: number) => void }} actions what to do when a bar is pointed at, and when one is chosen */
  constructor(place, { onPoint, onChoose }) {
    this.#place = place
    this.#onPoint = onPoint
    this.#chart = createChart(place, { autoSize: true, ...optionsOf(60, true) })
    this.#volume = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: '',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    })
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } })
    this.#candles = this.#chart.addSeries(CandlestickSeries, candleOptions())
    this.#candles.priceScale().applyOptions({ scaleMargins: { top: 0.14, bottom: 0.22 } })
    this.#bands = new Bands(ms => this.#xOf(ms), palettes())
    this.#candles.attachPrimitive(this.#bands)
    this.#chart.subscribeCrosshairMove(({ time }) => this.#onPoint(this.#indexAt(time)))
    this.#chart.subscribeClick(({ time }) => {
      const index = this.#indexAt(time)
      if (index !== undefined) onChoose(index)
    })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint())
  }

  /** Other bars: all of them, or, where they are too many, the last ones. @param {Shown} shown */
  show(shown) {
    const moments = this.#set(shown)
    const room = Math.floor(this.#place.clientWidth / minSpacing)
    const scale = this.#chart.timeScale()
    if (moments <= room) scale.fitContent()
    else scale.setVisibleLogicalRange({ from: moments - room, to: moments + 3 })
  }

  /** The same bars, with newer ones. @param {Shown} shown */
  follow(shown) {
    this.#set(shown)
  }

  /** Puts the cursor on a bar. @param {number} index */
  point(index) {
    const { bars } = this.#shown
    const [at, close] = [bars.at[index], bars.close[index]]
    if (at === undefined || close === undefined) return
    const time = /** @type {Time} */ (chartTime(at))
    this.#reveal(time)
    // The place of the bar is known when it is drawn.
    requestAnimationFrame(() => {
      this.#chart.setCrosshairPosition(close, time, this.#candles)
      this.#onPoint(index)
    })
  }

  /** Takes the cursor away. */
  release() {
    this.#chart.clearCrosshairPosition()
  }

  /** @param {Shown} shown */
  #set(shown) {
    const { bars, marks, seconds } = shown
    this.#shown = shown
    const moments = momentsOf(bars, marks, seconds)
    this.#moments = moments
    const indices = new Map(bars.at.map((at, index) => [at, index]))
    const colour = colours()
    const each = moments.map(moment => ({ time: /** @type {Time} */ (chartTime(moment)), index: indices.get(moment) }))
    this.#chart.applyOptions(optionsOf(seconds, isWhole(bars)))
    this.#candles.applyOptions({ priceFormat: isWhole(bars) ? wholePrices : partPrices })
    this.#candles.setData(each.map(({ time, index }) => (index === undefined ? { time } : { time, ...barAt(bars, index) })))
    this.#volume.setData(each.map(({ time, index }) => (index === undefined ? { time } : volumeBar(time, barAt(bars, index), colour))))
    this.#bands.show(marksAmong(marks, bars, seconds), palettes())
    return moments.length
  }

  #paint() {
    this.#candles.applyOptions(candleOptions())
    this.#set(this.#shown)
  }

  /** Scrolls so that a time can be seen. @param {Time} time */
  #reveal(time) {
    const scale = this.#chart.timeScale()
    const [index, range] = [scale.timeToIndex(time, true), scale.getVisibleLogicalRange()]
    if (index === null || range === null || (index >= range.from + 1 && index <= range.to - 1)) return
    const half = (range.to - range.from) / 2
    scale.setVisibleLogicalRange({ from: index - half, to: index + half })
  }

  /** Where a moment stands between its neighbours, in pixels; null beside the bars. @param {number} ms */
  #xOf(ms) {
    const place = placeIn(this.#moments, ms / 1000, this.#shown.seconds)
    if (place === undefined) return null
    // The library knows the places of whole bars only.
    const bar = Math.floor(place + 0.5)
    const middleOf = (/** @type {number} */ index) => this.#chart.timeScale().logicalToCoordinate(/** @type {Logical} */ (index))
    const [middle, next] = [middleOf(bar), middleOf(bar + 1)]
    return middle === null || next === null ? null : middle + (place - bar) * (next - middle)
  }

  /** @param {unknown} time */
  #indexAt(time) {
    if (typeof time !== 'number') return undefined
    const index = this.#shown.bars.at.indexOf(momentAt(time))
    return index < 0 ? undefined : index
  }
}

/** @param {Time} time @param {import('./prices.js').Bar} bar @param {ReturnType<typeof colours>} colour */
function volumeBar(time, { open, close, volume }, colour) {
  return { time, value: volume, color: close < open ? colour.downSoft : colour.upSoft }
}

function colours() {
  const style = getComputedStyle(document.documentElement)
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim()
  return {
    ...{ ink: of('--ink'), soft: of('--soft'), line: of('--grid'), ground: of('--card') },
    ...{ up: of('--up'), down: of('--down'), upSoft: of('--up-soft'), downSoft: of('--down-soft') },
    ...{
      bad: of('--bad'),
      badSoft: of('--bad-soft'),
      hatch: of('--hatch'),
      poor: of('--poor'),
      poorSoft: of('--poor-soft'),
      phase: of('--phase'),
      auction: of('--auction'),
    },
  }
}

/** @returns {Record<MarketMark['kind'], { tint: string, line: string, ink: string }>} */
function palettes() {
  const { soft, bad, badSoft, hatch, poor, poorSoft, phase, auction } = colours()
  return {
    auction: { tint: auction, line: soft, ink: soft },
    phase: { tint: phase, line: soft, ink: soft },
    interruption: { tint: poorSoft, line: poor, ink: poor },
    gap: { tint: badSoft, line: hatch, ink: bad },
  }
}

function candleOptions() {
  const { up, down } = colours()
  return { upColor: up, borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down }
}

/** Prices of shares are whole won. @param {Bars} bars */
function isWhole({ close }) {
  return close.every(price => Number.isInteger(price))
}

/** @param {number} seconds how long a bar lasts @param {boolean} isWhole whether prices are whole won */
function optionsOf(seconds, isWhole) {
  const { soft, line, ground } = colours()
  const isDays = seconds >= daySeconds
  return {
    layout: {
      // Its licence asks for a link, which stands at the foot of the page: the logo would need a style of its own, which the page forbids.
      attributionLogo: false,
      background: { color: ground },
      textColor: soft,
      fontFamily: 'system-ui, sans-serif',
      fontSize: 11,
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderColor: line },
    timeScale: {
      ...{ borderColor: line, timeVisible: !isDays, secondsVisible: seconds < 60 },
      ...{ minBarSpacing: 0.02, enableConflation: true, rightOffset: 3 },
    },
    localization: {
      locale: 'en-GB',
      priceFormatter: (/** @type {number} */ price) => numeral(isWhole ? Math.round(price) : price),
      timeFormatter: (/** @type {unknown} */ time) => timeWords(Number(time), isDays, seconds),
    },
  }
}

/** @param {number} time @param {boolean} isDays @param {number} seconds */
function timeWords(time, isDays, seconds) {
  const ms = momentAt(time) * 1000
  const date = new Date(time * 1000).toISOString().slice(0, 10)
  return isDays ? date : `${date} ${seconds < 60 ? clock(ms) : clock(ms).slice(0, 5)}`
}
