import { fail, type Judgement, ok } from './finding.ts'
import type { Check } from './installation.ts'

/** Judges what this machine takes for the time of Seoul: its offset from UTC in minutes, or undefined when it does not know the zone. */
export function judgeTimeZone(minutes: number | undefined): Judgement {
  if (minutes === 540) return ok('Asia/Seoul is +09:00')
  const found = minutes === undefined ? 'Asia/Seoul is not known here' : `Asia/Seoul is ${minutes} minutes from UTC, expected 540`
  return fail(found, 'apt install tzdata   (and a Node.js with full ICU)')
}

/** The time zone data, of which Korean times in charts and queries are made. */
export const timeZone: Check = {
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
