// How figures read. Nothing here touches the page.

/** A count with separators: `1,234,567`. @param {number} count */
export function grouped(count) {
  return Math.round(count).toLocaleString('en-US')
}

/** Records a second: `0`, `0.4`, `9.7`, `53`, `1,204`. @param {number | null} perSecond */
export function rate(perSecond) {
  if (perSecond === null) return '?'
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : grouped(perSecond)
}

/** A span of time: `40 ms`, `0.4 s`, `12 s`, `3 min`, `2.5 h`, `3 days`. @param {number} ms */
export function age(ms) {
  const positive = Math.max(0, ms)
  if (positive < 100) return `${Math.round(positive)} ms`
  if (positive < 9950) return `${(positive / 1000).toFixed(1)} s`
  if (positive < 120_000) return `${Math.round(positive / 1000)} s`
  if (positive < 7_200_000) return `${Math.round(positive / 60_000)} min`
  return positive < 172_800_000 ? `${(positive / 3_600_000).toFixed(1)} h` : `${Math.round(positive / 86_400_000)} days`
}

/** `1.2 GB`. @param {number} bytes */
export function size(bytes) {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}

const timeZone = 'Asia/Seoul'

/** The time of day in Korea, wherever the page is looked at: `09:00:05`. @param {number} ms */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString('en-GB', { timeZone })
}

/** The time of day, with the date when that is another one. @param {number} ms @param {number} nowMs */
export function moment(ms, nowMs) {
  const [day, today] = [new Date(ms), new Date(nowMs)].map(date => date.toLocaleDateString('en-CA', { timeZone }))
  return day === today ? clock(ms) : `${day} ${clock(ms)}`
}
