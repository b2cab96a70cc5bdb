import { readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface Usage {
  readonly atMs: number
  /** Seconds of processor time since its start. */
  readonly cpuSeconds: number
  readonly memoryBytes: number
}

/** Linux counts processor time in hundredths of a second for programs, whatever its own clock. */
const ticksPerSecond = 100

/** Reads what a process uses; undefined when it is gone, or where there is no /proc. */
export function readUsage(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { atMs: performance.now(), cpuSeconds: cpuSecondsIn(stat), memoryBytes: Number(resident ?? 0) * 1024 }
  } catch {
    return undefined
  }
}

/** The name in a stat line may hold anything; numbers begin behind its closing bracket. */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** The share of one processor between two looks; undefined for a process that was not there at the first. */
export function cpuShare(before: Usage | undefined, now: Usage | undefined): number | undefined {
  if (before === undefined || now === undefined || now.atMs <= before.atMs) return undefined
  return Math.max(0, ((now.cpuSeconds - before.cpuSeconds) * 1000) / (now.atMs - before.atMs))
}
