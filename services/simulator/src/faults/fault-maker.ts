import type { Venue } from '@tickhouse/venue-server'
import type { Feed } from '../feed/feed.ts'
import type { Fault, ScriptedFault } from './faults.ts'
import { floodFrame } from './flood.ts'
import type { PendingFaults } from './pending-faults.ts'

/** What faults are made with. */
export interface FaultDeps {
  readonly venue: Venue
  readonly feed: Feed
  readonly pending: PendingFaults
}

type Deeds = { readonly [Name in Fault['fault']]: (fault: Extract<Fault, { fault: Name }>) => void }

/** Makes things go wrong on the venue's side: when it is told to, and by a script. */
export class FaultMaker {
  readonly #venue: Venue
  readonly #feed: Feed
  readonly #pending: PendingFaults
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
    refuse: ({ what, code, times }) => this.#pending.refusals.add({ what, code }, times),
    'refuse-items': ({ items, types, code }) => {
      this.#pending.refusedItems = { items, code, ...(types && { types }) }
    },
    mute: ({ items }) => this.#mute(items),
    list: ({ symbol, name }) => void this.#pending.renamed.set(symbol, name),
    say: ({ text }) => this.#venue.say(text),
    burst: ({ frames }) => this.#feed.make(frames),
    'hang-up': ({ times }) => this.#pending.hangUps.add(true, times),
    'before-login': ({ text, times }) => this.#pending.early.add(text, times),
    'expire-tokens': () => this.#venue.tokens.expireAll(),
  }
  #stalled: NodeJS.Timeout | undefined
  #quieted: NodeJS.Timeout | undefined

  constructor({ venue, feed, pending }: FaultDeps, script: readonly ScriptedFault[]) {
    this.#venue = venue
    this.#feed = feed
    this.#pending = pending
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

  #mute(items: readonly string[]): void {
    this.#pending.muted = new Set(items)
    this.#venue.changed()
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
