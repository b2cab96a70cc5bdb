/** µs since the epoch as a person reads them: `2026-11-22T23:14:45.084996Z`. */
export function timeText(us: number): string {
  const milliseconds = Math.floor(us / 1000)
  const rest = String(us - milliseconds * 1000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`
}
