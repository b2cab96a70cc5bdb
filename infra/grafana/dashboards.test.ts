import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entities, venueDatasets } from '@tickhouse/catalogue'
import { describe, expect, it } from 'vitest'
import { knownSeries, selectorsIn } from '../prometheus/expressions.ts'
import { describeWithPromtool } from '../prometheus/promtool.ts'
import { readRules } from '../prometheus/rules.ts'
import { interpolated, type Panel, readDashboards, readDataSources } from './dashboards.ts'

const dashboards = readDashboards()
const panels = dashboards.flatMap(dashboard => dashboard.panels.map(panel => ({ dashboard, panel })))
const byTitle = panels.map(({ dashboard, panel }) => [`${dashboard.name}: ${panel.title}`, panel, dashboard] as const)
const hour = ['2026-11-25T00:00:00Z', '2026-11-25T01:00:00Z'] as const

describe('the dashboards', () => {
  it('are three, each with a name of its own that Grafana keeps links by', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual(['tickhouse-market', 'tickhouse-pipeline', 'tickhouse-quality'])
    for (const { tags, description } of dashboards) expect([tags, description]).toEqual([['tickhouse'], expect.stringMatching(/.{20}/)])
  })

  it.each(dashboards.map(dashboard => [dashboard.name, dashboard] as const))(
    '%s has no panel twice and none upon another',
    (_name, { panels }) => {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
      const taken = panels.flatMap(cellsOf)
      expect(new Set(taken).size).toBe(taken.length)
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    },
  )

  it('show the records with unreadable values of every type', () => {
    const [, panel] = byTitle.find(([title]) => title === 'quality: Records with unreadable values')!
    const asked = [...panel.targets[0]!.rawSql!.matchAll(/AS dataset, .*? FROM (\w+) WHERE/g)].map(match => match[1])
    expect(asked).toEqual(venueDatasets.map(({ name }) => name))
  })
})

describe('a panel', async () => {
  const known = new Map(await knownSeries())
  for (const { record } of readRules())
    if (record !== undefined) known.set(record, ['dataset', 'reason', 'service', 'instance', 'collector'])
  known.set('ALERTS', ['alertname', 'alertstate', 'severity'])

  it.each(byTitle)(
    '%s says what it shows, in which unit, and asks a data source that is there',
    (_title, { description, type, fieldConfig, targets, datasource }) => {
      expect(description).toMatch(/^[A-Z].{20}/)
      if (type === 'timeseries' || type === 'candlestick') expect(fieldConfig.defaults.unit).toBeDefined()
      const sources = readDataSources().map(({ uid, type }) => ({ uid, type }))
      expect(targets.map(({ refId }) => refId)).toEqual(['A', 'B', 'C', 'D'].slice(0, targets.length))
      for (const source of [datasource, ...targets.map(target => target.datasource)]) expect(sources).toContainEqual(source)
      for (const { expr, rawSql, datasource } of targets)
        expect([expr !== undefined, rawSql !== undefined]).toEqual([datasource.uid === 'prometheus', datasource.uid === 'questdb'])
    },
  )

  it.each(byTitle)('%s asks for metrics and labels that exist', (_title, { targets }, dashboard) => {
    for (const { expr, legendFormat = '' } of targets.filter(target => target.expr !== undefined)) {
      const selectors = selectorsIn(interpolated(expr!, dashboard, hour))
      expect(selectors.length).toBeGreaterThan(0)
      for (const { metric, labels } of selectors) {
        expect([...known.keys()]).toContain(metric)
        for (const label of labels) expect(known.get(metric), metric).toContain(label)
      }
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1])
      for (const label of shown)
        expect(
          selectors.some(({ metric }) => known.get(metric)!.includes(label!)),
          label,
        ).toBe(true)
    }
  })

  it.each(byTitle)(
    '%s asks for tables that exist, within the time shown or the last month, and variables that are defined',
    (_title, panel, dashboard) => {
      const names = dashboard.templating.list.map(({ name }) => name)
      for (const { rawSql } of panel.targets.filter(target => target.rawSql !== undefined)) {
        const tables = [...rawSql!.matchAll(/\bFROM (\w+)/g)].map(match => match[1]!)
        expect(tables.length).toBeGreaterThan(0)
        for (const table of tables) expect([...entities.map(entity => entity.table.name), 'data_condition']).toContain(table)
        expect(rawSql!.match(/\$__timeFilter\(timestamp\)|dateadd\('d', -31, now\(\)\)/g)).toHaveLength(tables.length)
        if (rawSql!.includes('$__interval')) expect(panel.interval).toBe('1s')
      }
      const used = JSON.stringify(panel).matchAll(/\$(?!__)(\w+)/g)
      for (const [, name] of used) expect(names).toContain(name)
    },
  )
})

describeWithPromtool('promtool', promtool => {
  it('can read every expression of the dashboards', async () => {
    const expressions = panels.flatMap(({ dashboard, panel }) =>
      panel.targets.flatMap(({ expr }) => (expr === undefined ? [] : [interpolated(expr, dashboard, hour)])),
    )
    expect(expressions.length).toBeGreaterThan(30)
    const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }))
    const folder = mkdtempSync(join(tmpdir(), 'tickhouse-panels-'))
    const file = join(folder, 'panels.yml')
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }))
    const { code, output } = await promtool('check', 'rules', file)
    rmSync(folder, { recursive: true })
    expect(code, output).toBe(0)
  })
})

/** The cells of the grid that a panel covers. */
function cellsOf({ gridPos: { x, y, w, h } }: Panel): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`)
}
