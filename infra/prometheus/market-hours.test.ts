import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { MarketHours } from '../../services/collector/src/status/market-hours.ts'
import { describeWithPromtool } from './promtool.ts'
import { ruleFiles } from './rules.ts'

/** A quarter of an hour without data of the venue, judged at its end. */
interface Quiet {
  readonly title: string
  readonly items: readonly string[]
  readonly date: string
  readonly until: string
  readonly fires: boolean
}

const minutes = 15
const labels = { service: 'collector', instance: 'c:9300', job: 'tickhouse' }
const krx = ['005930']

const cases: readonly Quiet[] = [
  { title: 'on an ordinary day', items: krx, date: '2026-11-25', until: '10:00', fires: true },
  { title: 'in the first minutes after the opening', items: krx, date: '2026-11-25', until: '09:04', fires: false },
  { title: 'at 17:00 on an ordinary day, in the after-market', items: krx, date: '2026-11-25', until: '17:00', fires: true },
  { title: 'at 17:00 on a day before the after-market began', items: krx, date: '2026-09-11', until: '17:00', fires: false },
  { title: 'at 20:30', items: krx, date: '2026-11-25', until: '20:30', fires: false },
  { title: 'at 08:30, when only NXT trades, of a collector of KRX', items: krx, date: '2026-11-25', until: '08:30', fires: false },
  { title: 'at 08:30 of a collector of NXT', items: ['005930_NX'], date: '2026-11-25', until: '08:30', fires: true },
  { title: 'on a holiday', items: krx, date: '2026-12-25', until: '10:00', fires: false },
  { title: 'on a Sunday', items: krx, date: '2026-11-29', until: '10:00', fires: false },
  { title: 'at 09:30 on the day of the college entrance exam', items: krx, date: '2026-11-19', until: '09:30', fires: false },
  { title: 'at 10:30 on the day of the college entrance exam', items: krx, date: '2026-11-19', until: '10:30', fires: true },
]

describeWithPromtool('silence of the venue', promtool => {
  it.each(cases)('$title: alarms $fires', async quiet => {
    const folder = mkdtempSync(join(tmpdir(), 'tickhouse-hours-'))
    const file = join(folder, 'case.yml')
    writeFileSync(file, stringify({ rule_files: ruleFiles, evaluation_interval: '1m', tests: [unitTestOf(quiet)] }))
    const { code, output } = await promtool('test', 'rules', file)
    rmSync(folder, { recursive: true })
    expect(code, output).toBe(0)
  })
})

function unitTestOf(quiet: Quiet): object {
  const { title, fires } = quiet
  const alert = (alertname: string, severity: string, summary: string) => {
    const exp_annotations = { summary, runbook_url: `docs/runbook.md#${alertname.toLowerCase()}` }
    return { eval_time: `${minutes}m`, alertname, exp_alerts: fires ? [{ exp_labels: { ...labels, severity }, exp_annotations }] : [] }
  }
  return {
    name: title,
    interval: '1m',
    external_labels: { runbook: 'docs/runbook.md' },
    input_series: [
      { series: named('tickhouse_collector_data_age_seconds', {}), values: `500x${minutes}` },
      { series: named('tickhouse_collector_stale_datasets', {}), values: `3x${minutes}` },
      ...openSeries(quiet),
    ],
    alert_rule_test: [
      alert('FeedQuiet', 'page', 'The market is open, PINGs come, and no data have come for 8m 20s'),
      alert('DatasetsQuiet', 'ticket', '3 datasets are silent for far longer than usual while others go on'),
    ],
  }
}

/** What the collector exports minute by minute. */
function openSeries({ items, date, until }: Quiet): object[] {
  const hours = new MarketHours(new TradingCalendar(), { requests: [{ groupNumber: '1', types: ['0B'], items, json: '' }] })
  const endUs = momentOf(date, until)
  const readings = Array.from({ length: minutes + 1 }, (_, minute) => hours.at(endUs - (minutes - minute) * 60_000_000))
  return readings[0]!.map(([phase], index) => {
    return { series: named('tickhouse_market_open', phase), values: readings.map(reading => reading[index]![1]).join(' ') }
  })
}

function named(metric: string, own: Readonly<Record<string, string>>): string {
  const matchers = Object.entries({ ...labels, ...own }).map(([label, value]) => `${label}="${value}"`)
  return `${metric}{${matchers.join(',')}}`
}
