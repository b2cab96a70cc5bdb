import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A rule as Prometheus reads it: one of `alert` and `record` is there. */
export interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

const folder = join(import.meta.dirname, 'rules')

/** The files of the rules. */
export const ruleFiles: readonly string[] = readdirSync(folder).map(name => join(folder, name))

/** All rules, in the order of their files. */
export function readRules(): Rule[] {
  return ruleFiles.flatMap(file =>
    (parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules),
  )
}

/** The rules that alert. */
export function readAlerts(): (Rule & { readonly alert: string })[] {
  return readRules().filter((rule): rule is Rule & { alert: string } => rule.alert !== undefined)
}
