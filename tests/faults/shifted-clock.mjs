// Preloaded into a service: its wall clock is ahead by the milliseconds that stand in a file, as on a machine whose time is set; its monotonic clock stays true.
import { readFileSync } from 'node:fs'

const path = process.env.SHIFTED_CLOCK_FILE
const rightMs = Date.now.bind(Date)
let aheadMs = 0

function read() {
  try {
    aheadMs = Number(readFileSync(path, 'utf8')) || 0
  } catch {
    // Until it is written, the clock is right.
  }
}

if (path !== undefined) {
  read()
  setInterval(read, 50).unref()
  Date.now = () => rightMs() + aheadMs
}
