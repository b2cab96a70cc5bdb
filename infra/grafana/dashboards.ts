import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

/** The parts of a dashboard's JSON that the check reads. */
export interface Dashboard {
  readonly name: string
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly templating: { readonly list: readonly Variable[] }
  readonly panels: readonly Panel[]
}

export interface Variable {
  readonly name: string
  readonly type: string
  readonly query: string
  readonly datasource?: { readonly uid: string }
  readonly current: { readonly value: string }
}

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description: string
  readonly datasource: { readonly type: string; readonly uid: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } }
  readonly interval?: string
  readonly targets: readonly Target[]
}

/** A question to Prometheus (`expr`) or to QuestDB (`rawSql`). */
export interface Target {
  readonly refId: string
  readonly datasource: { readonly type: string; readonly uid: string }
  readonly expr?: string
  readonly legendFormat?: string
  readonly rawSql?: string
}

/** Where a dashboard's questions may go. */
export interface DataSource {
  readonly uid: string
  readonly type: string
}

const folder = join(import.meta.dirname, 'dashboards')

/** All dashboards, by the names of their files. */
export function readDashboards(): Dashboard[] {
  return readdirSync(folder).map(file => ({ ...JSON.parse(readFileSync(join(folder, file), 'utf8')), name: basename(file, '.json') }))
}

/** The data sources that Grafana is given. */
export function readDataSources(): DataSource[] {
  const file = join(import.meta.dirname, 'provisioning', 'datasources', 'tickhouse.yml')
  return (parse(readFileSync(file, 'utf8')) as { datasources: DataSource[] }).datasources
}

/** A question with Grafana's variables and macros replaced as Grafana does it, for a stretch of time and an interval of the graph. */
export function interpolated(question: string, { templating }: Dashboard, [from, to]: readonly [string, string], interval = '10s'): string {
  const filled = question
    .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 BETWEEN '${from}' AND '${to}'`)
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '1h')
    .replaceAll('$__interval', interval)
  return templating.list.reduce((text, { name, current }) => text.replaceAll(`$${name}`, current.value), filled)
}
