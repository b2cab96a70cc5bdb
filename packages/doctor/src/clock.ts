import { restUrlIn } from '@tickhouse/kiwoom'
import { clockSlack, type Env } from '@tickhouse/runtime'
import { type Check, fail, type Installation, type Judgement, ok, skipped, warn } from './check.ts'

/** When a request was sent and answered by our clock, and the answer's Date header, which is cut to the second. */
export interface ServerDate {
  readonly sentMs: number
  readonly receivedMs: number
  readonly dateMs: number
}

/** Compares our clock with the clock of a server, as far as a Date header can tell: never more than it proves. */
export function judgeClock(server: string, { sentMs, receivedMs, dateMs }: ServerDate): Judgement {
  const aheadMs = sentMs - (dateMs + 1000)
  const behindMs = dateMs - receivedMs
  const offMs = Math.max(aheadMs, behindMs)
  if (offMs <= clockSlack.warnMs) return ok(`as ${server} says`)
  const direction = aheadMs > 0 ? 'ahead of' : 'behind'
  return warn(
    `at least ${(offMs / 1000).toFixed(1)} s ${direction} ${server}: capture times are wrong by as much`,
    'timedatectl set-ntp true   (here, and there if that is your machine)',
  )
}

/** The wall clock against QuestDB and the venue. */
export const clockCheck: Check = {
  name: 'clock',
  needs: [],
  look: async (installation, signal) => {
    const servers = [
      ['QuestDB', installation.store && `${installation.store.address}/exec?query=select%201`],
      ['the venue', venueUrl(installation)],
    ] as const
    return Promise.all(servers.map(([name, url]) => look(name, url, signal)))
  },
}

async function look(name: string, url: string | undefined, signal: AbortSignal): Promise<Judgement> {
  if (url === undefined) return skipped(`the address of ${name} is not known here`)
  try {
    return judgeClock(name, await readDate(url, signal))
  } catch (error) {
    return skipped(`${name} tells no time: ${(error as Error).message}`)
  }
}

async function readDate(url: string, signal: AbortSignal): Promise<ServerDate> {
  const sentMs = Date.now()
  const response = await fetch(url, { signal })
  const receivedMs = Date.now()
  await response.body?.cancel()
  const dateMs = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(dateMs)) throw new Error('its answer has no date')
  return { sentMs, receivedMs, dateMs }
}

/** The REST address of the venue: given, of the environment, or of the simulator that runs here. */
export function venueUrl({ env, run }: { readonly env: Env; readonly run: Installation['run'] }): string | undefined {
  return restUrlIn(env, run?.processes.find(({ name }) => name === 'simulator')?.address)
}

/** Judges what this machine takes for the time of Seoul: its offset from UTC in minutes, or undefined when it does not know the zone. */
export function judgeTimeZone(minutes: number | undefined): Judgement {
  if (minutes === 540) return ok('Asia/Seoul is +09:00')
  const found = minutes === undefined ? 'Asia/Seoul is not known here' : `Asia/Seoul is ${minutes} minutes from UTC, expected 540`
  return fail(found, 'apt install tzdata   (and a Node.js with full ICU)')
}

/** The time zone data that charts and queries take Korean time from. */
export const timeZoneCheck: Check = {
  name: 'time zone',
  needs: [],
  look: async () => [judgeTimeZone(seoulMinutes())],
}

function seoulMinutes(): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Seoul', timeZoneName: 'longOffset' })
    const offset = format.formatToParts(Date.now()).find(({ type }) => type === 'timeZoneName')?.value
    const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)$/.exec(offset ?? '') ?? []
    return hours === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  } catch {
    return undefined
  }
}
