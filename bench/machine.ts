import { readFileSync } from 'node:fs'
import { cpuUs, TICK_US } from './process-cost.ts'
import type { BenchRow } from './report.ts'

const CONTROL_MS = 500
/** From here on figures say more about the neighbours than about us. */
const QUIET = { otherCores: 0.15, stealShare: 0.03, controlDrift: 1.25 }

/** What other processes of the machine did between two moments. */
export interface Disturbance {
  /** Share of all time that the hypervisor gave to others. */
  readonly stealShare: number
  /** Cores that processes used which are none of ours; undefined where ours come and go. */
  readonly otherCores: number | undefined
  readonly idleShare: number
}

/** What the control cost before and after, and what else went on. */
export interface Quietness extends Disturbance {
  readonly controlUs: readonly [before: number, after: number]
}

const controlText = JSON.stringify(
  Object.fromEntries(Array.from({ length: 47 }, (_, index) => [`some_member_name_${index}`, index * 12_345])),
)

/** µs that one JSON.parse of a fixed text of 47 members takes now: 3 to 6 is a usual machine. */
export function controlUs(): number {
  const startedAt = performance.now()
  let calls = 0
  for (; performance.now() - startedAt < CONTROL_MS; calls += 50) for (let index = 0; index < 50; index++) JSON.parse(controlText)
  return ((performance.now() - startedAt) * 1_000) / calls
}

/** Looks at the machine from now until the function that it returns is called; `ours` are all processes that the measurement is about, where they stay the same. */
export function watchMachine(ours?: readonly number[]): () => Disturbance {
  const before = look(ours)
  return () => {
    const after = look(ours)
    const spent = after.jiffies.map((value, index) => value - before.jiffies[index]!)
    const total = spent.slice(0, 8).reduce((sum, value) => sum + value, 0)
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, interrupts = 0, soft = 0, steal = 0] = spent
    const busyMs = ((user + nice + system + interrupts + soft) * TICK_US) / 1_000
    const othersMs = Math.max(0, busyMs - (after.oursUs - before.oursUs) / 1_000)
    const otherCores = ours === undefined ? undefined : othersMs / (after.atMs - before.atMs)
    return { stealShare: steal / total, idleShare: (idle + iowait) / total, otherCores }
  }
}

/** The figures without which the others mean nothing, and a warning where they say so. */
export function quietnessRows(quietness: Quietness): BenchRow[] {
  const { controlUs: control, stealShare, otherCores, idleShare } = quietness
  const [before, after] = control
  const others = otherCores === undefined ? 'others not told apart' : `others ${otherCores.toFixed(2)} cores`
  const figure = `control ${before.toFixed(2)} µs before, ${after.toFixed(2)} after; steal ${percent(stealShare)}, ${others}, idle ${percent(idleShare)}`
  return [{ what: isQuiet(quietness) ? 'the machine' : 'the machine, which was NOT QUIET', figure }]
}

function isQuiet({ controlUs: [before, after], stealShare, otherCores }: Quietness): boolean {
  const drift = Math.max(before, after) / Math.min(before, after)
  return (otherCores ?? 0) <= QUIET.otherCores && stealShare <= QUIET.stealShare && drift <= QUIET.controlDrift
}

function look(ours: readonly number[] = []): { jiffies: number[]; oursUs: number; atMs: number } {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n')
  const jiffies = line!.split(/\s+/).slice(1).map(Number)
  return { jiffies, oursUs: ours.reduce((sum, pid) => sum + cpuUs(pid), 0), atMs: performance.now() }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
