import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { readRunFile } from '@tickhouse/page'
import { isAlive } from '@tickhouse/runtime'
import { describeWithLocalServers, describeWithServers, eventually, framesFolder, servers, temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { stopped, tickhouse } from './tickhouse.ts'

const jars = join(import.meta.dirname, '../../../.tickhouse/jars')

describeWithServers('tickhouse start with servers that are there', () => {
  test('stores every frame of a folder, proves it and ends by itself', { timeout: 180_000 }, async () => {
    const { brokers, questdb } = servers()
    const addresses = { KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb, SINK_GROUP: `start-${process.pid}-${Date.now()}` }
    const run = tickhouse(['start', '--for', '8s', '--frames', framesFolder, '--data', temporaryFolder()], addresses)
    const { code, stdout } = await run.end
    // Between two of the captured frames twenty shares were traded that nobody kept.
    expect(stdout + run.stderr).toMatch(/^complete: \d+ records of 1 session, 2 gaps, 0 dead letters$/m)
    expect(stdout).toMatch(/^order_book +2 +2 +2 +0 +complete$/m)
    expect(code).toBe(0)
  })
})

describeWithLocalServers('tickhouse start with servers of its own', () => {
  test('tells how it is, refuses a second start, restarts what dies, and leaves nothing behind when it is killed', {
    timeout: 300_000,
  }, async () => {
    const data = temporaryFolder()
    if (existsSync(jars)) symlinkSync(jars, join(data, 'jars'))
    const run = tickhouse(['start', '--data', data])
    await eventually(() => expect(run.stderr).toContain('First new rows are visible'), { timeoutMs: 120_000 })

    const status = await tickhouse(['status', '--data', data, '--format', 'json']).end
    expect([status.code, JSON.parse(status.stdout).processes.map((row: { process: string }) => row.process)]).toEqual([
      0,
      ['kafka', 'questdb', 'simulator', 'collector', 'sink'],
    ])

    const { page, processes, questdb } = readRunFile(data)!
    const sql = `${processes.find(({ name }) => name === 'questdb')!.address}/exec?query=SELECT%201`
    const password = readFileSync(questdb!.passwordFile, 'utf8').trim()
    const authorization = `Basic ${Buffer.from(`${questdb!.user}:${password}`).toString('base64')}`
    expect([(await fetch(sql)).status, (await fetch(sql, { headers: { authorization } })).status]).toEqual([401, 200])
    expect(run.stderr.split(password), 'the password is shown').toHaveLength(2)
    const reader = readFileSync(questdb!.readerPasswordFile, 'utf8').trim()
    expect(run.stderr.split(reader), 'the password of who only reads is shown').toHaveLength(3)
    expect(JSON.parse(status.stdout).page).toBe(page)
    expect(await (await fetch(page)).text()).toContain('<title>tickhouse</title>')

    const { code, stdout } = await tickhouse(['top', '--data', data]).end
    expect(code).toBe(0)
    expect(stdout).toMatch(/^collector +\d+ +ready +\d+% +\d+\.\d MB$/m)
    expect(stdout).toMatch(/^journal: .* ahead of Kafka; today: 0 gaps, 0 dead letters; running for /m)

    const second = tickhouse(['start', '--data', data])
    expect((await second.end).code).toBe(2)
    expect(second.stderr).toContain('A start runs already in')

    const [sink] = readRunFile(data)!.processes.filter(({ name }) => name === 'sink')
    process.kill(sink!.pid, 'SIGKILL')
    await eventually(() => expect(run.stderr).toContain('sink runs again'), { timeoutMs: 60_000 })

    const pids = readRunFile(data)!.processes.map(({ pid }) => pid)
    await stopped(run.child)
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]), { timeoutMs: 30_000 })
    expect((await tickhouse(['status', '--data', data]).end).code).toBe(1)
  })
})
