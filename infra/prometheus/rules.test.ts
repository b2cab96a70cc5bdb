import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { knownSeries, selectorsIn } from './expressions.ts'
import { readAlerts, readRules } from './rules.ts'

const rules = readRules()
const alerts = readAlerts()
const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8')
const sections = [...runbook.matchAll(/^## (.*)$/gm)].map(match => match[1]!)

describe('selections of series in an expression', () => {
  it('are found among functions, labels, times and strings', () => {
    const expression =
      'sum by (dataset) (rate(a_total{reason=~"x|y{z}", dataset!="b"}[5m] offset 10m)) > 0 and on () my:rule unless absent(up{job="c"})'
    expect(selectorsIn(expression)).toEqual([
      { metric: 'a_total', labels: ['reason', 'dataset'] },
      { metric: 'my:rule', labels: [] },
      { metric: 'up', labels: ['job'] },
    ])
  })
})

describe('a rule', async () => {
  const known = new Map(await knownSeries())
  for (const { record } of rules) if (record !== undefined) known.set(record, ['dataset', 'reason', 'service', 'instance', 'collector'])

  it.each(rules.map(rule => [rule.alert ?? rule.record!, rule] as const))(
    '%s asks for metrics and labels that exist',
    (_name, { expr }) => {
      for (const { metric, labels } of selectorsIn(expr)) {
        expect([...known.keys()]).toContain(metric)
        for (const label of labels) expect(known.get(metric), metric).toContain(label)
      }
    },
  )

  it('has a name of its own', () => {
    expect(new Set(rules.map(({ alert, record }) => alert ?? record)).size).toBe(rules.length)
  })
})

describe('an alert', () => {
  it.each(alerts.map(rule => [rule.alert, rule] as const))(
    '%s says how urgent it is, what is wrong, and where the runbook tells of it',
    (alert, rule) => {
      expect(['page', 'ticket']).toContain(rule.labels?.['severity'])
      expect(rule.annotations?.['summary']).toMatch(/^(\{\{|[A-Z]).{20}/)
      expect(rule.annotations?.['runbook_url']).toBe(`{{ $externalLabels.runbook }}#${alert.toLowerCase()}`)
    },
  )

  it('has a section of the runbook each, in the same order, and no section is without its alert', () => {
    expect(sections).toEqual(alerts.map(({ alert }) => alert))
  })

  it('fires in a unit test of the rules', () => {
    const folder = join(import.meta.dirname, 'tests')
    const files = readdirSync(folder).map(name => parse(readFileSync(join(folder, name), 'utf8')) as UnitTests)
    const cases = files.flatMap(({ tests }) => tests.flatMap(test => test.alert_rule_test))
    const fired = new Set(cases.filter(({ exp_alerts }) => exp_alerts?.length > 0).map(({ alertname }) => alertname))
    expect([...fired].sort()).toEqual(alerts.map(({ alert }) => alert).sort())
  })
})

describe('a section of the runbook', () => {
  it.each(
    runbook
      .split(/^## /m)
      .slice(1)
      .map(text => [text.split('\n')[0]!, text] as const),
  )('%s tells symptom, meaning, remedy and end', (alert, text) => {
    expect(text).toContain('**Symptom.**')
    expect(text).toMatch(/\*\*Meaning( and what to do)?[.*]/)
    expect(text).toMatch(/[Ww]hat to do/)
    expect(text).toContain('**Over when**')
    expect(text).toContain(`**Severity** ${alerts.find(rule => rule.alert === alert)?.labels?.['severity']}.`)
  })

  it('leads only to places that exist', () => {
    for (const [, file = 'runbook.md', anchor] of runbook.matchAll(/\]\(([\w.]+\.md)?#([\w-]+)\)/g)) {
      const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', file), 'utf8')
      const anchors = [...text.matchAll(/^##+ (.*)$/gm)].map(match => match[1]!.toLowerCase().replaceAll(' ', '-'))
      expect(anchors, file).toContain(anchor)
    }
  })
})

interface UnitTests {
  readonly tests: readonly { readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[] }[]
}
