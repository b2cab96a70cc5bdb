// Loaded into a service before its own code (`--import`): tells the tests when the machine did not let the process run.
import { performance } from 'node:perf_hooks'
import { type Starved, starvedIn } from './starvation.ts'

const everyMs = 500
const worthTellingMs = 100

let [lookedMs, processor, loop] = [performance.now(), process.threadCpuUsage(), performance.eventLoopUtilization()]

setInterval(() => {
  const nowMs = performance.now()
  const { active } = performance.eventLoopUtilization(loop)
  const { user, system } = process.threadCpuUsage(processor)
  const tookMs = nowMs - lookedMs
  const starvedMs = starvedIn({ wantedMs: everyMs, tookMs, activeMs: active, processorMs: (user + system) / 1_000 })
  ;[lookedMs, processor, loop] = [nowMs, process.threadCpuUsage(), performance.eventLoopUtilization()]
  if (starvedMs >= worthTellingMs) tell({ fromMs: Date.now() - tookMs, toMs: Date.now(), starvedMs })
}, everyMs).unref()

function tell(starved: Starved): void {
  if (process.connected) process.send?.({ starved }, undefined, {}, () => {})
}
