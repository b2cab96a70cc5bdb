import { koreanTime, type TradingCalendar, tradingVenues } from '@tickhouse/calendar'
import { askForInstruments, type InstrumentList, limitsOf, type RestAccess, TokenClient } from '@tickhouse/kiwoom'
import { type Doing, lookAgain, messageOf, untold } from '@tickhouse/runtime'
import { lastTradingDay, type Store, type WrittenInstruments } from '@tickhouse/store'

/** What taking over the venue's list needs. */
export interface ListingDeps {
  readonly access: RestAccess
  readonly store: { readonly instruments: Pick<Store['instruments'], 'list' | 'listedUpTo'> }
  readonly calendar: TradingCalendar
  readonly nowUs?: () => number
}

/** What the venue listed, and what was written of it. */
export interface ListingReport extends Omit<InstrumentList, 'instruments'> {
  readonly instruments: number
  readonly written: WrittenInstruments
}

const now = () => Date.now() * 1000

/** Asks the venue for its list of instruments and stores it. Throws `VenueError` and `StoreError`. */
export async function refreshListing(
  { access, store, calendar, nowUs = now }: ListingDeps,
  { tell, signal }: Doing,
): Promise<ListingReport> {
  const { restUrl, environment } = access
  const { requestsPerSecond } = limitsOf(environment)
  const onList = (code: string, count: number) => tell(() => `Asking the venue for list ${code}, ${count} instruments so far`)
  const { instruments, ...rest } = await askForInstruments({ restUrl, tokens: new TokenClient(access), requestsPerSecond, signal, onList })
  tell(() => `Storing what is new of ${instruments.length} instruments`)
  const written = await store.instruments.list(instruments, calendar, nowUs(), signal)
  return { instruments: instruments.length, ...rest, written }
}

/** The list may take so long where the capture waits for it. */
const beforeCaptureMs = 20_000
const hourMs = 3_600_000
/** Korean hour from which on the list of a date is asked for. */
const fromHour = 6

/** What a start needs to keep the list. */
export interface KeptListingDeps extends Omit<ListingDeps, 'access'> {
  /** Undefined where the venue cannot be asked. */
  readonly access: () => RestAccess | undefined
  readonly isSimulated: boolean
  /** Tells the user what failed. */
  readonly say: (sentence: string) => void
  readonly everyMs?: number
}

/**
 * The venue's list as a start keeps it: once for each trading day. By some reports a new token ends the one before it, so a real venue is asked before the
 * collector logs in, and while it is logged in only when no venue trades. What fails is told and tried again; the capture goes on.
 */
export class KeptListing {
  readonly #deps: KeptListingDeps
  /** The trading day whose list is stored. */
  #doneFor: string | null = null

  constructor(deps: KeptListingDeps) {
    this.#deps = deps
  }

  /** Takes over the list, unless it was taken over for this trading day; resolves after a while whatever happens. */
  async beforeCapture(signal: AbortSignal): Promise<void> {
    await this.#tried(async () => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(beforeCaptureMs)])
      this.#doneFor = await this.#deps.store.instruments.listedUpTo(limited)
      if (this.#doneFor !== this.#day) await this.#refresh(limited)
    }, signal)
  }

  /** Looks once an hour whether a list is due, until the signal aborts. */
  async keep(signal: AbortSignal): Promise<void> {
    const { everyMs = hourMs } = this.#deps
    const look = () => this.#tried(async () => (this.#isDue ? this.#refresh(signal) : undefined), signal)
    await lookAgain(look, () => everyMs, signal)
  }

  get #nowUs(): number {
    return (this.#deps.nowUs ?? now)()
  }

  get #day(): string {
    return lastTradingDay(this.#deps.calendar, this.#nowUs)
  }

  get #isDue(): boolean {
    if (this.#doneFor === this.#day) return false
    return this.#deps.isSimulated || isQuiet(this.#deps.calendar, this.#nowUs)
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    const [day, access] = [this.#day, this.#deps.access()]
    if (access === undefined) return
    await refreshListing({ ...this.#deps, access }, { tell: untold, signal })
    this.#doneFor = day
  }

  async #tried(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!signal.aborted) this.#deps.say(`The venue's list of instruments was not taken over; names are as they were: ${reasonOf(error)}`)
    }
  }
}

function reasonOf(error: unknown): string {
  return (error as Error).name === 'TimeoutError' ? `no answer within ${beforeCaptureMs / 1_000} s` : messageOf(error)
}

/** Whether it is day and no venue trades. */
function isQuiet(calendar: TradingCalendar, us: number): boolean {
  const hour = Number(koreanTime(us).slice(11, 13))
  return hour >= fromHour && tradingVenues.every(venue => calendar.phasesAt(us, venue).length === 0)
}
