import type { Feed } from '../feed/feed.ts'
import type { Venue } from '../venue/venue.ts'
import type { Fault, ScriptedFault } from './faults.ts'
import { floodFrame } from './flood.ts'

type Deeds = { readonly [Name in Fault['fault']]: (fault: Extract<Fault, { fault: Name }>) => void }

/** Makes things go wrong on the venue's side: when it is told to, and by a script. */
export class FaultMaker {
  readonly #venue: Venue
  readonly #feed: Feed
  readonly #script: ScriptedFault[]
  /** What each fault does. */
  readonly #deeds: Deeds = {
    cut: () => this.#venue.cut(),
    kick: ({ code }) => this.#venue.kick(code),
    stall: ({ forMs }) => this.#stall(forMs),
    quiet: ({ forMs }) => this.#quiet(forMs),
    send: ({ text }) => this.#feed.send(text),
    flood: ({ shape, bytes, frames }) => void this.#feed.flood(floodFrame(shape, bytes), frames),
    lose: ({ frames }) => this.#feed.lose(frames),
    refuse: ({ what, code, times }) => this.#venue.refusals.add(what, code, times),
    'refuse-items': ({ items, types, code }) => {
      this.#venue.refusals.items = { items, code, ...(types && { types }) }
    },
    mute: ({ items }) => this.#venue.mute(items),
    list: ({ symbol, name }) => void this.#venue.renamed.set(symbol, name),
    say: ({ text }) => this.#venue.say(text),
    burst: ({ frames }) => this.#feed.make(frames),
    'hang-up': ({ times }) => this.#venue.hangUps.add(true, times),
    'before-login': ({ text, times }) => this.#venue.early.add(text, times),
    'expire-tokens': () => this.#venue.tokens.expireAll(),
  }
  #stalled: NodeJS.Timeout | undefined
  #quieted: NodeJS.Timeout | undefined

  constructor(venue: Venue, feed: Feed, script: readonly ScriptedFault[]) {
    this.#venue = venue
    this.#feed = feed
    this.#script = [...script].sort((a, b) => a.afterFrames - b.afterFrames)
  }

  /** Makes a fault happen now. */
  inject(fault: Fault): void {
    const happen = this.#deeds[fault.fault] as (fault: Fault) => void
    happen(fault)
  }

  /** Makes happen what the script has for so many frames. */
  play(frames: number): void {
    while (this.#script.length > 0 && this.#script[0]!.afterFrames <= frames) this.inject(this.#script.shift()!)
  }

  close(): void {
    clearTimeout(this.#stalled)
    clearTimeout(this.#quieted)
  }

  #stall(forMs: number): void {
    clearTimeout(this.#stalled)
    this.#stalled = setTimeout(() => {
      this.#stalled = undefined
      this.#setStalled(false)
    }, forMs)
    this.#setStalled(true)
  }

  #quiet(forMs: number): void {
    clearTimeout(this.#quieted)
    this.#quieted = setTimeout(() => {
      this.#quieted = undefined
      this.#rest()
    }, forMs)
    this.#rest()
  }

  /** The market stands still while the venue is stalled or quiet. */
  #rest(): void {
    this.#feed.stall(this.#stalled !== undefined || this.#quieted !== undefined)
  }

  #setStalled(isStalled: boolean): void {
    this.#rest()
    this.#venue.stall(isStalled)
  }
}
