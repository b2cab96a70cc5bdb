import { tableDefinitions } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { describeWithOwnServers, type OwnServers, ownServers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Dashboard, interpolated, readDashboards } from '../infra/grafana/dashboards.ts'
import { questdbMetrics } from '../infra/prometheus/expressions.ts'
import { postgres } from './postgres.ts'

const reader = { user: 'quant', password: 'only-reads' }
const day = ['2026-11-25T00:00:00Z', '2026-11-25T23:59:59Z'] as const
const dashboards = readDashboards()
let own: OwnServers
let store: Store

describeWithOwnServers('dashboards on a real QuestDB', () => {
  beforeAll(async () => {
    own = await ownServers({
      'pg.readonly.user.enabled': 'true',
      'pg.readonly.user': reader.user,
      'pg.readonly.password': reader.password,
    })
    store = openStore({ configurationString: own.questdb.configurationString, log: createLogger({ name: 'tests', level: 'silent' }) })
    await store.tables.apply(await store.tables.plan(tableDefinitions))
    for (const statement of rows) await store.query(statement)
    for (const table of ['trade', 'order_book', 'feed_gap', 'data_condition']) await store.waitUntilApplied(table)
  })

  afterAll(async () => {
    store?.close()
    await own?.close()
  })

  const questions = dashboards.flatMap(dashboard => [
    ...dashboard.panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ rawSql }) => (rawSql === undefined ? [] : [[`${dashboard.name}: ${title}`, rawSql, dashboard] as const])),
    ),
    ...dashboard.templating.list
      .filter(({ datasource }) => datasource?.uid === 'questdb')
      .map(({ name, query }) => [`${dashboard.name}: variable ${name}`, query, dashboard] as const),
  ])

  it.each(questions)(
    '%s is answered to the user who only reads, whatever the interval of the graph',
    async (_title, question, dashboard) => {
      const intervals = question.includes('$__interval') ? ['1s', '15s', '2m', '1h', '1d'] : ['1m']
      for (const interval of intervals) await asked(interpolated(question, dashboard, day, interval))
    },
  )

  it('candles are the first, highest, lowest and last price and the volume of an interval', async () => {
    const answer = await answerOf('market', 'Trades of $symbol on $venue', '1m')
    expect(answer.map(row => row.slice(1).map(Number))).toEqual([
      [100, 130, 90, 110, 10],
      [115, 115, 115, 115, 5],
    ])
  })

  it('the order book shows its levels side by side, best first', async () => {
    const answer = await answerOf('market', 'Order book of $symbol on $venue')
    expect(answer.slice(0, 2).map(row => row.map(Number))).toEqual([
      [1, 7, 99, 101, 5],
      [2, 8, 98, 102, 6],
    ])
  })

  it('conditions become the numbers that the panel has words for', async () => {
    const answer = await answerOf('quality', 'Condition of each day')
    expect(answer.map(([, dataset, value]) => [dataset, value])).toEqual([
      ['*', '2'],
      ['trade', '3'],
    ])
  })

  it('shares that were not sent are added up by item', async () => {
    expect(await answerOf('quality', 'Shares that were traded and not sent')).toEqual([['005930_NX', '2', '30']])
  })

  it('QuestDB has the metrics that rules and dashboards take from it', async () => {
    const text = await (await fetch(`${own.questdb.healthUrl}/metrics`)).text()
    const names = new Set([...text.matchAll(/^(\w+)[ {]/gm)].map(match => match[1]))
    for (const name of questdbMetrics) expect(names).toContain(name)
  })

  it('the user of the dashboards cannot write', async () => {
    await expect(asked("INSERT INTO trade (timestamp, symbol) VALUES (now(), 'X')")).rejects.toThrow(/denied|permission/i)
  })
})

const today = "timestamp_floor('d', now())"
const gap = (item: string, missing: number, second: number) =>
  `INSERT INTO feed_gap (timestamp, symbol, venue, session, seq, reason, symbols, missing) VALUES ('2026-11-25T01:00:0${second}Z', '*', 'KRX', 's', ${second}, 'volume_missing', '${item}', ${missing})`
const trade = (time: string, seq: number, price: number, volume: number) =>
  `INSERT INTO trade (timestamp, symbol, venue, session, seq, price, volume) VALUES ('2026-11-25T${time}Z', '005930', 'KRX', 's', ${seq}, ${price}, ${volume})`

const rows = [
  ...[trade('00:00:01', 1, 100, 1), trade('00:00:20', 2, 130, 2), trade('00:00:30', 3, 90, 3), trade('00:00:40', 4, 110, 4)],
  trade('00:01:00', 5, 115, 5),
  `INSERT INTO order_book (timestamp, symbol, venue, session, seq, asks, bids) VALUES
     ('2026-11-25T00:00:00Z', '005930', 'KRX', 's', 1, ARRAY[[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]], ARRAY[[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]),
     ('2026-11-25T00:00:01Z', '005930', 'KRX', 's', 2, ARRAY[[101.0, 102.0], [5.0, 6.0], [0.0, 0.0]], ARRAY[[99.0, 98.0], [7.0, 8.0], [0.0, 0.0]])`,
  ...[gap('005930_NX', 10, 1), gap('005930_NX', 20, 2)],
  `INSERT INTO data_condition (timestamp, date, dataset, condition) VALUES (${today}, 'd', '*', 'degraded')`,
  `INSERT INTO data_condition (timestamp, date, dataset, condition) VALUES (${today}, 'd', 'trade', 'complete')`,
]

function asked(sql: string): Promise<string[][]> {
  return postgres(Number(new URL(own.questdb.postgresUrl).port), reader.user, reader.password, sql)
}

/** What a panel is answered. */
function answerOf(name: string, title: string, interval?: string): Promise<string[][]> {
  const dashboard = dashboards.find(dashboard => dashboard.name === name) as Dashboard
  const panel = dashboard.panels.find(panel => panel.title === title)!
  return asked(interpolated(panel.targets[0]!.rawSql!, dashboard, day, interval))
}
