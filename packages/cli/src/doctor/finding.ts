/** How a check ended; `skipped` when it could not be made. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped'

/** What a check found, and the command or setting that mends it. */
export interface Judgement {
  readonly verdict: Verdict
  readonly found: string
  readonly mend: string | null
}

/** One line of the doctor's report. */
export interface Finding extends Judgement {
  readonly check: string
}

export function ok(found: string): Judgement {
  return { verdict: 'ok', found, mend: null }
}

export function warn(found: string, mend: string): Judgement {
  return { verdict: 'warn', found, mend }
}

export function fail(found: string, mend: string): Judgement {
  return { verdict: 'fail', found, mend }
}

export function skipped(reason: string): Judgement {
  return { verdict: 'skipped', found: reason, mend: null }
}

/** The first few words of a list, and how many are left. */
export function some(words: readonly string[], most = 5): string {
  return words.length > most ? `${words.slice(0, most).join(', ')} and ${words.length - most} more` : words.join(', ')
}

/** `3 days`, `5 h`, `12 min`, `4 s`: the largest unit that keeps it above one and a half. */
export function span(ms: number): string {
  const [unit, name] = units.find(([size]) => ms >= 1.5 * size) ?? [1000, 's']
  return `${Math.round(ms / unit)} ${name}`
}

const units = [
  [86_400_000, 'days'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const
