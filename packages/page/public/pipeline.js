import { byId, drawn, element, say, shape } from './elements.js'
import { rate } from './format.js'

/**
 * @typedef {import('../src/state/page-state.ts').Stage} Stage
 * @typedef {import('../src/state/page-state.ts').StageFlow} StageFlow
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

const titles = { venue: 'venue', collector: 'collector', journal: 'journal', kafka: 'Kafka', sink: 'sink', questdb: 'QuestDB' }
const narrowBelow = 820

/** The picture of the pipeline; it is drawn anew when there is more or less room, else only its words change. */
export class Pipeline {
  #width = 0
  /** @type {SVGElement[]} */
  #stages = []
  /** @type {SVGElement[]} */
  #flows = []

  /** @param {readonly Stage[]} stages @param {readonly StageFlow[]} flows */
  show(stages, flows) {
    const width = byId('picture').clientWidth
    if (width !== this.#width) this.#draw(width, stages.length)
    stages.forEach((stage, index) => {
      showStage(/** @type {SVGElement} */ (this.#stages[index]), stage)
    })
    flows.forEach((flow, index) => {
      showFlow(/** @type {SVGElement} */ (this.#flows[index]), flow)
    })
    showWords(stages, flows)
  }

  /** @param {number} width @param {number} count */
  #draw(width, count) {
    this.#width = width
    const { boxes, height, isNarrow } = width < narrowBelow ? column(width, count) : row(width, count)
    this.#stages = boxes.map(box => stageIn(box, isNarrow))
    this.#flows = boxes.slice(1).map((box, index) => flowBetween(/** @type {Box} */ (boxes[index]), box, isNarrow))
    const picture = drawn('svg', { class: 'wide', viewBox: `0 0 ${width} ${height}`, height }, ...this.#flows, ...this.#stages)
    byId('picture').replaceChildren(picture)
  }
}

/** @param {number} width @param {number} count */
function row(width, count) {
  const box = { y: 4, width: Math.min(132, width * 0.117), height: 70 }
  const step = (width - box.width - 4) / (count - 1)
  return { boxes: Array.from({ length: count }, (_, index) => ({ ...box, x: 2 + index * step })), height: 80, isNarrow: false }
}

/** @param {number} width @param {number} count */
function column(width, count) {
  const [height, step] = [44, 84]
  const boxes = Array.from({ length: count }, (_, index) => ({ x: 2, y: 4 + index * step, width: width - 4, height }))
  return { boxes, height: step * (count - 1) + height + 8, isNarrow: true }
}

/** @param {Box} box @param {boolean} isNarrow */
function stageIn({ x, y, width, height }, isNarrow) {
  const [wordX, wordY] = isNarrow ? [x + 112, y + 19] : [x + 12, y + 41]
  const [noteX, noteY] = isNarrow ? [x + 112, y + 36] : [x + 12, y + 59]
  return drawn(
    'g',
    { class: 'stage', 'data-upright': String(isNarrow), 'data-room': x + width - noteX - 8 },
    drawn('rect', { x, y, width, height, rx: 7 }),
    drawn('text', { class: 'name', x: x + 12, y: isNarrow ? y + 27 : y + 20 }),
    drawn(
      'g',
      { class: 'state' },
      drawn('g', { class: 'mark', transform: `translate(${wordX} ${wordY - 11}) scale(0.86)` }),
      drawn('text', { class: 'word', x: wordX + 18, y: wordY }),
    ),
    drawn('text', { class: 'note soft', x: noteX, y: noteY }),
  )
}

/** @param {Box} a @param {Box} b @param {boolean} isNarrow */
function flowBetween(a, b, isNarrow) {
  return isNarrow ? downward(a.x + 26, a.y + a.height + 4, b.y - 4) : rightward(a.x + a.width + 5, b.x - 5, a.y + a.height / 2)
}

/** @param {number} from @param {number} to @param {number} y */
function rightward(from, to, y) {
  const middle = { x: (from + to) / 2, 'text-anchor': 'middle' }
  return drawn(
    'g',
    { class: 'flow' },
    drawn('path', { class: 'shaft', d: `M${from} ${y}H${to - 7}` }),
    drawn('path', { class: 'head', d: `M${to} ${y}l-9-5v10z` }),
    drawn('text', { class: 'rate', y: y - 9, ...middle }),
    drawn('text', { class: 'note soft', y: y + 20, ...middle }),
  )
}

/** @param {number} x @param {number} from @param {number} to */
function downward(x, from, to) {
  const y = (from + to) / 2 + 4
  return drawn(
    'g',
    { class: 'flow' },
    drawn('path', { class: 'shaft', d: `M${x} ${from}V${to - 7}` }),
    drawn('path', { class: 'head', d: `M${x} ${to}l-5-9h10z` }),
    drawn('text', { class: 'rate', x: x + 18, y }),
    drawn('text', { class: 'note soft', x: x + 88, y }),
  )
}

/** @param {SVGElement} drawing @param {Stage} stage */
function showStage(drawing, { name, condition, word, note }) {
  const mark = part(drawing, '.mark')
  if (drawing.dataset['condition'] !== condition) mark.replaceChildren(shape(condition))
  drawing.dataset['condition'] = condition
  drawing.setAttribute('class', note === '' ? `stage plain ${condition}` : `stage ${condition}`)
  say(part(drawing, '.name'), titles[name])
  say(part(drawing, '.word'), word)
  say(part(drawing, '.note'), note)
  fit(/** @type {SVGTextElement} */ (part(drawing, '.note')), Number(drawing.dataset['room']))
}

/** Draws a text closer where it is wider than its room. @param {SVGTextElement} text @param {number} room */
function fit(text, room) {
  text.removeAttribute('textLength')
  if (text.getComputedTextLength() <= room) return
  text.setAttribute('textLength', String(room))
  text.setAttribute('lengthAdjust', 'spacingAndGlyphs')
}

/** @param {SVGElement} drawing @param {StageFlow} flow */
function showFlow(drawing, { perSecond, note }) {
  drawing.setAttribute('class', perSecond ? 'flow moving' : 'flow')
  say(part(drawing, '.rate'), `${rate(perSecond)} /s`)
  say(part(drawing, '.note'), note)
}

/** @param {readonly Stage[]} stages @param {readonly StageFlow[]} flows */
function showWords(stages, flows) {
  const list = byId('pipeline-words')
  while (list.children.length < stages.length) list.append(element('li'))
  stages.forEach(({ name, word, note }, index) => {
    const flow = flows.find(({ from }) => from === name)
    const passed = flow && `${flow.perSecond === null ? 'unknown rate' : `${rate(flow.perSecond)} records a second`} to ${titles[flow.to]}`
    const sentence = [`${titles[name]}: ${word}`, note, passed, flow?.note].filter(text => text).join(', ')
    say(/** @type {Element} */ (list.children[index]), sentence)
  })
}

/** @param {Element} drawing @param {string} selector */
function part(drawing, selector) {
  return /** @type {Element} */ (drawing.querySelector(selector))
}
