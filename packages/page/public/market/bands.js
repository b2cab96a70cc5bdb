/**
 * @typedef {import('../../src/market/answers.ts').MarketMark} MarketMark
 * @typedef {import('/lightweight-charts.js').IPrimitivePaneRenderer['draw']} Draw
 * @typedef {{ context: CanvasRenderingContext2D, mediaSize: { height: number } }} Canvas
 * @typedef {{ tint: string, line: string, ink: string }} Palette
 * @typedef {MarketMark & { x: number, width: number, palette: Palette }} Band
 */

const [letterWidth, minWidth, rowHeight] = [6.2, 3, 13]
/** Between the candles and the volume, as a share of the height. */
const labelsAt = 0.79

/** Stretches behind the bars: auctions and phases tinted, interruptions between dashed lines, gaps hatched; each with a word, so that no colour is needed. */
export class Bands {
  #xOf
  /** @type {readonly MarketMark[]} */
  #marks = []
  /** @type {() => void} */
  #redraw = () => {}
  /** @type {Record<MarketMark['kind'], Palette>} */
  #palettes
  #views = [
    { zOrder: () => /** @type {const} */ ('bottom'), renderer: () => ({ draw: this.#drawBands }) },
    { zOrder: () => /** @type {const} */ ('top'), renderer: () => ({ draw: this.#drawLabels }) },
  ]

  /** @param {(ms: number) => number | null} xOf where a moment stands @param {Record<MarketMark['kind'], Palette>} palettes */
  constructor(xOf, palettes) {
    this.#xOf = xOf
    this.#palettes = palettes
  }

  /** @param {readonly MarketMark[]} marks @param {Record<MarketMark['kind'], Palette>} palettes */
  show(marks, palettes) {
    this.#marks = marks
    this.#palettes = palettes
    this.#redraw()
  }

  /** @param {{ requestUpdate: () => void }} attached */
  attached({ requestUpdate }) {
    this.#redraw = requestUpdate
  }

  paneViews() {
    return this.#views
  }

  /** @type {Draw} */
  #drawBands = target => {
    target.useMediaCoordinateSpace((/** @type {Canvas} */ { context, mediaSize: { height } }) => {
      for (const band of this.#bands()) drawBand(context, band, height)
    })
  }

  /** What is rare has a row of its own; no word stands on another one. @type {Draw} */
  #drawLabels = target => {
    target.useMediaCoordinateSpace((/** @type {Canvas} */ { context, mediaSize: { height } }) => {
      context.font = '11px system-ui, sans-serif'
      const ends = [0, 0]
      for (const band of this.#bands()) {
        const row = isRare(band) ? 0 : 1
        if (band.x + band.width < (ends[row] ?? 0)) continue
        ends[row] = drawLabel(context, band, height * labelsAt + row * rowHeight, ends[row] ?? 0)
      }
    })
  }

  /** The marks with their places; without those that lie beside the bars. @returns {Band[]} */
  #bands() {
    return this.#marks.flatMap(mark => {
      const [from, to] = [this.#xOf(mark.fromMs), this.#xOf(mark.toMs)]
      if (from === null || to === null) return []
      return [{ ...mark, x: from, width: Math.max(minWidth, to - from), palette: this.#palettes[mark.kind] }]
    })
  }
}

/** @param {MarketMark} mark */
function isRare({ kind }) {
  return kind === 'gap' || kind === 'interruption'
}

/** @param {CanvasRenderingContext2D} context @param {Band} band @param {number} height */
function drawBand(context, { kind, x, width, palette }, height) {
  context.save()
  context.beginPath()
  context.rect(x, 0, width, height)
  context.clip()
  context.fillStyle = palette.tint
  context.fillRect(x, 0, width, height)
  context.strokeStyle = palette.line
  context.lineWidth = 1
  if (kind === 'gap') hatch(context, x, width, height)
  if (kind === 'interruption') edges(context, x, width, height)
  context.restore()
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} width @param {number} height */
function hatch(context, x, width, height) {
  context.beginPath()
  for (let start = x - height; start < x + width; start += 8) {
    context.moveTo(start, height)
    context.lineTo(start + height, 0)
  }
  context.stroke()
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} width @param {number} height */
function edges(context, x, width, height) {
  context.setLineDash([4, 3])
  context.beginPath()
  for (const edge of [x + 0.5, x + width - 0.5]) {
    context.moveTo(edge, 0)
    context.lineTo(edge, height)
  }
  context.stroke()
}

/** A word where there is room for it; of what is rare a short one in any case. Gives where it ends. @param {CanvasRenderingContext2D} context @param {Band} band @param {number} y @param {number} free from where on there is room */
function drawLabel(context, band, y, free) {
  const title = band.venue === null ? band.title : `${band.venue} ${band.title}`
  const x = Math.max(band.x + 3, free)
  const short = band.kind === 'interruption' ? 'VI' : band.kind === 'gap' ? 'gap' : ''
  const words = title.length * letterWidth < band.x + band.width - x ? title : short
  context.fillStyle = band.palette.ink
  context.fillText(words, x, y)
  return words === '' ? free : x + (words.length + 1) * letterWidth
}
