import { TradingCalendar } from '@tickhouse/calendar'
import { datasetOfType } from '@tickhouse/catalogue'
import { isMarketWide } from '@tickhouse/kiwoom'
import { busynessOf } from './day-shape.ts'
import { alwaysOpen, CalendarHours, type SimulatedHours } from './hours.ts'
import { Interruptions } from './interruptions.ts'
import { type Served, servedTypes } from './makers.ts'
import { noticeOf } from './market-events.ts'
import { Runs } from './runs.ts'
import { Schedule } from './schedule.ts'
import type { FrameSource, Pair, SourceFrame, SourceItem } from './source.ts'
import { koreanClock, utf8 } from './text.ts'
import { Trading } from './trading.ts'
import { remembered, type Sent, World } from './world.ts'

/** How a market behaves; everything has a default. */
export interface MarketOptions {
  /** `always` trades day and night; `calendar` keeps to the phases of the trading calendar. */
  readonly hours?: 'always' | 'calendar'
  readonly calendar?: TradingCalendar
  /** Where the market is always open, how many frames make a second of trading. */
  readonly framesPerSecond?: number
}

/** How often another event is drawn when one brings nothing. */
const maxDraws = 50

/**
 * A market that trades whatever is registered. It stands still while nobody asks for the next frame. Where it is always open, the frames are a pure function of the
 * seed and of what was registered before which frame: a second of trading is a number of frames, and only the times in them follow the clock. By the calendar, the
 * frames follow the clock, too.
 */
export class Market implements FrameSource {
  readonly isExhausted = false
  readonly #world: World
  readonly #hours: SimulatedHours
  readonly #interruptions: Interruptions
  readonly #trading: Trading
  readonly #types: ReadonlyMap<string, Served>
  readonly #runs: Runs
  readonly #framesPerSecond: number
  readonly #seen = new Set<string>()
  readonly #tails = new Map<string, Map<string, string>>()
  readonly #due: SourceFrame[] = []
  #pairs: readonly Pair[] = []
  #schedule: Schedule
  #frames = 0
  #date = 0
  #shapedS = Number.NEGATIVE_INFINITY

  constructor(seed: number, { hours = 'always', calendar = new TradingCalendar(), framesPerSecond = 5_000 }: MarketOptions = {}) {
    this.#hours = hours === 'always' ? alwaysOpen : new CalendarHours(calendar)
    this.#world = new World(seed, this.#hours)
    this.#interruptions = new Interruptions(this.#world)
    this.#trading = new Trading(this.#world, this.#interruptions)
    this.#types = servedTypes(this.#world, this.#trading, this.#interruptions)
    this.#runs = new Runs(this.#world, this.#trading)
    this.#framesPerSecond = framesPerSecond
    this.#world.secondsPerFrame = 1 / framesPerSecond
    this.#schedule = this.#scheduleOf([])
  }

  /** Tells what is registered now, by anyone. */
  register(pairs: readonly Pair[]): void {
    this.#pairs = pairs
    this.#world.register(pairs.filter(({ type, item }) => datasetOfType(type)?.items === 'stock' && item !== ''))
    this.#runs.register(pairs)
    this.#schedule = this.#scheduleOf(pairs)
  }

  /** The next frame, or null where nothing is registered, or nothing of it trades now. */
  next(nowMs: number): SourceFrame | null {
    this.#frames++
    const due = this.#due.shift()
    if (due !== undefined) return due
    if (!this.#schedule.hasPairs) return null
    const time = koreanClock(nowMs)
    this.#world.clockMs = nowMs
    this.#moveTo(this.#hours.isAlways ? this.#frames / this.#framesPerSecond : nowMs / 1_000, time)
    for (let draw = 0; draw < maxDraws && this.#due.length === 0; draw++) {
      const { type, item } = this.#schedule.next(this.#world.random)
      this.#push(this.#types.get(type)!.make(item, time))
    }
    return this.#due.shift() ?? null
  }

  /** Whether frames wait that belong to the one before. */
  get hasMore(): boolean {
    return this.#due.length > 0
  }

  /** When the hours change or an auction ends, ms; where the market is always open, never. */
  get nextChangeMs(): number {
    return Math.min(this.#hours.nextChangeS, this.#world.ends[0]?.atS ?? Number.POSITIVE_INFINITY) * 1_000
  }

  /** Whatever falls due by a moment: phases, announcements, ends of auctions. */
  #moveTo(seconds: number, time: string): void {
    const world = this.#world
    world.seconds = seconds
    if (seconds >= this.#hours.nextChangeS) this.#change(seconds)
    while (world.ends.length > 0 && world.ends[0]!.atS <= seconds) this.#push(this.#trading.cross(world.ends.shift()!.stock, time))
    if (seconds >= this.#interruptions.nextEndS) this.#push(this.#interruptions.endedElsewhere(time))
    if (!this.#hours.isAlways && seconds - this.#shapedS >= 10) this.#shape(seconds)
    this.#runs.look()
  }

  #change(seconds: number): void {
    const day = Math.floor((seconds + 9 * 3_600) / 86_400)
    const notices = this.#hours.moveTo(seconds)
    if (day !== this.#date) this.#beginDay(day)
    this.#push(notices.map(noticeOf))
    for (const stock of this.#world.all) stock.sync()
  }

  #beginDay(day: number): void {
    this.#date = day
    this.#world.beginDay()
    this.register(this.#pairs)
  }

  #shape(seconds: number): void {
    this.#shapedS = seconds
    const { size, haste } = busynessOf(this.#hours.states, seconds)
    this.#world.size = size
    this.#world.haste = haste
  }

  /** Frames that somebody has registered. */
  #push(sent: readonly Sent[]): void {
    for (const frame of sent) if (this.#isWanted(frame)) this.#due.push(this.#frame(frame))
  }

  /** What follows the whole market comes whether it is registered or not; of stocks only what is registered is made. */
  #isWanted({ type, item }: Sent): boolean {
    return item !== '' || this.#schedule.has(type, item)
  }

  #scheduleOf(pairs: readonly Pair[]): Schedule {
    const served = pairs.filter(({ type, item }) => this.#types.has(type) && (item !== '' || isMarketWide(type)))
    return new Schedule(served, type => this.#types.get(type)!.weight, this.#seen)
  }

  #frame({ type, item: registered, made }: Sent): SourceFrame {
    const items: SourceItem[] = []
    let text = '{"data":['
    for (const { item, values } of made) {
      text += `${items.length === 0 ? '' : ','}{"values":${values}${this.#tail(type, item)}`
      items.push({ type, item, values })
    }
    return { pair: { type, item: registered }, items, bytes: Buffer.from(`${text}],"trnm":"REAL"}`, 'latin1') }
  }

  /** What follows the values of an item. */
  #tail(type: string, item: string): string {
    const ofType = remembered(this.#tails, type, () => new Map<string, string>())
    return remembered(ofType, item, () => {
      const { name } = this.#types.get(type)!
      return `,"type":"${type}","name":"${name}","item":${utf8(JSON.stringify(item))}}`
    })
  }
}
