import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

/** One measured figure: what was measured, on what, and the number with its unit. */
export interface BenchRow {
  readonly what: string
  readonly figure: string
}

/** Runs `work` until `forMs` have passed, in `rounds` rounds after a warm-up; the median, least and greatest µs per call. */
export function microseconds(work: () => void, { forMs = 400, rounds = 5 } = {}): string {
  const once = (ms: number): number => {
    let calls = 0
    const start = performance.now()
    do {
      for (let i = 0; i < 100; i++) work()
      calls += 100
    } while (performance.now() - start < ms)
    return ((performance.now() - start) * 1000) / calls
  }
  once(forMs)
  const times = Array.from({ length: rounds }, () => once(forMs)).sort((a, b) => a - b)
  return `${times[rounds >> 1]!.toFixed(2)} µs (${times[0]!.toFixed(2)} … ${times.at(-1)!.toFixed(2)})`
}

/** A table of figures as Markdown. */
export function markdown(rows: readonly BenchRow[]): string {
  return ['| what | figure |', '|---|---|', ...rows.map(({ what, figure }) => `| ${what} | ${figure} |`)].join('\n')
}

/** Adds a section to RESULTS.md: date, machine, command, figures. */
export function record(title: string, command: string, rows: readonly BenchRow[]): void {
  const file = join(import.meta.dirname, 'RESULTS.md')
  if (!existsSync(file))
    writeFileSync(
      file,
      '# Measurements\n\nNewest last. Absolute figures hold for that machine on that day; ratios within one run carry further.\n',
    )
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  appendFileSync(file, `\n## ${title}\n\n${new Date().toISOString().slice(0, 10)} · ${machine} · \`${command}\`\n\n${markdown(rows)}\n`)
}
