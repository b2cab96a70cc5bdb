import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, freemem, loadavg } from 'node:os'

/** What a machine does now, as far as it decides how many test files it carries at a time and how long anything takes. */
export interface Machine {
  readonly processors: number
  /** Of the last minute. */
  readonly load: number
  /** Memory that processes can still have. */
  readonly freeBytes: number
  /** How long the fixed piece of work took, ms. */
  readonly workMs: number
  /** How long a process took from its start to its end, ms. */
  readonly spawnMs: number
}

/** What the limits of the tests fit: two quiet processors, on which this control was measured. */
const usual = { workMs: 80, spawnMs: 60, filesPerProcessor: 1.5 }
/** A file has a Kafka, a QuestDB, three services and a test process. */
const fileBytes = 2.5 * 2 ** 30
const samples = 5
const maxFiles = 6
const maxScale = 20

/** Measures a fixed piece of work and the start of a process, several times, so that a moment does not decide; takes about a second. */
export function measureMachine(): Machine {
  const workMs = median(Array.from({ length: samples }, () => timed(work)))
  const spawnMs = median(Array.from({ length: samples }, () => timed(() => spawnSync(process.execPath, ['-e', '0']))))
  return { processors: availableParallelism(), load: loadavg()[0]!, freeBytes: availableBytes(), workMs, spawnMs }
}

/** How many times longer than usual things take on this machine now; 1 at least. */
export function slownessOf({ workMs, spawnMs }: Pick<Machine, 'workMs' | 'spawnMs'>): number {
  const slowness = Math.max(1, workMs / usual.workMs, spawnMs / usual.spawnMs)
  return Math.min(maxScale, Math.ceil(slowness * 10) / 10)
}

/** How many test files with servers of their own the machine carries at a time: as its processors, their speed and its memory allow, one at least. */
export function filesAtATime(machine: Machine): number {
  return filesCarriedBy(machine, slownessOf(machine))
}

/** The same before anything is measured, of a machine of the usual speed. */
export function filesByDefault(): number {
  return filesCarriedBy({ processors: availableParallelism(), freeBytes: availableBytes() }, 1)
}

function filesCarriedBy({ processors, freeBytes }: Pick<Machine, 'processors' | 'freeBytes'>, slowness: number): number {
  const byProcessor = (usual.filesPerProcessor * processors) / slowness
  return Math.max(1, Math.min(maxFiles, Math.floor(Math.min(byProcessor, freeBytes / fileBytes))))
}

/** The control in a line. */
export function describeMachine(machine: Machine): string {
  const { processors, load, freeBytes, workMs, spawnMs } = machine
  const memory = `${(freeBytes / 2 ** 30).toFixed(1)} GiB free`
  const control = `the control took ${Math.round(workMs)} ms (usual ${usual.workMs}), a process ${Math.round(spawnMs)} ms (usual ${usual.spawnMs})`
  return `${processors} processors, load ${load.toFixed(1)}, ${memory}; ${control}`
}

const document = JSON.stringify(
  Array.from({ length: 200 }, (_, index) => ({ type: '0B', item: String(index), values: { 10: `-${index}`, 13: 'x'.repeat(40) } })),
)

function work(): void {
  for (let times = 300; times > 0; times--) JSON.stringify(JSON.parse(document))
}

function timed(run: () => unknown): number {
  const startedAt = performance.now()
  run()
  return performance.now() - startedAt
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!
}

/** What the system calls free leaves out what its caches would give back. */
function availableBytes(): number {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1_024
  } catch {
    return freemem()
  }
}
