const KOREA_OFFSET_MS = 9 * 3_600_000

/** Milliseconds since the epoch of a Korean wall time written YYYYMMDDHHMMSS (UTC+9, no summer time); null where it is no such time. */
export function koreanTimeToMs(text: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number]
  const wall = Date.UTC(year, month - 1, day, hour, minute, second)
  return koreanTimeText(wall - KOREA_OFFSET_MS) === text ? wall - KOREA_OFFSET_MS : null
}

/** The Korean wall time of a moment as YYYYMMDDHHMMSS. */
export function koreanTimeText(ms: number): string {
  return new Date(ms + KOREA_OFFSET_MS).toISOString().slice(0, 19).replace(/\D/g, '')
}
