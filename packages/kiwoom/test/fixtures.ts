import { readFileSync } from 'node:fs'

/** A control message as it stands in `fixtures/control`; where it is from is in `SOURCES.tsv`. */
export function control(name: string): Record<string, unknown> {
  return JSON.parse(controlText(name))
}

/** The same as text on one line, as the venue writes it. */
export function controlLine(name: string): string {
  return JSON.stringify(control(name))
}

function controlText(name: string): string {
  return readFileSync(new URL(`./fixtures/control/${name}.json`, import.meta.url), 'utf8')
}
