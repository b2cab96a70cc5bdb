import { readFileSync } from 'node:fs'

/** The last `count` lines of a log, each indented, under the file's name; nothing when there is none. */
export function lastLines(path: string, count: number): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count)
    return [`  ${path}:`, ...lines.map(line => `    ${line}`)].join('\n')
  } catch {
    return ''
  }
}
