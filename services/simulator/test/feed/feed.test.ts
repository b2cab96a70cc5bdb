import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { registerRequest, simulatorCredentials } from '@tickhouse/kiwoom'
import { framesFolder } from '@tickhouse/testkit'
import { describe, expect, test } from 'vitest'
import { defaultOptions, type LedgerEntry, type Simulator, type SimulatorOptions, startSimulator } from '../../src/index.ts'
import { Client, own } from '../client.ts'

const start = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> =>
  own(await startSimulator({ settleMs: 20, loginAnswerMs: 1, ...options }))

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'simulator-'))
  own({ close: () => rmSync(path, { recursive: true }) })
  return path
}

const volumes = (texts: readonly string[]) =>
  texts.flatMap(text => JSON.parse(text).data.map((item: { values: Record<string, string> }) => Number(item.values['13'])))

describe('the feed', () => {
  test('keeps to its rate', async () => {
    const client = own(await Client.live(await start({ rate: 400 }), ['0B'], ['005930']))
    await client.frames(1)
    const startedMs = performance.now()
    await client.frames(400)
    expect(performance.now() - startedMs).toBeGreaterThan(800)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })

  test('without a rate is as fast as its reader and loses nothing to a slow one', async () => {
    const simulator = await start({ rate: 0, maxFrames: 20_000, keepLedger: false })
    const client = own(await Client.live(simulator, ['0B', '0D'], ['005930']))
    await client.frames(10)
    client.pause(true)
    await expect.poll(() => simulator.status().frames, { interval: 50 }).toBeGreaterThan(100)
    const held = simulator.status().frames
    expect(held).toBeLessThan(20_000)
    client.pause(false)
    await client.until(() => simulator.status().done && client.real.length === 20_000)
    expect(simulator.status().frames).toBe(20_000)
  })

  test('stops after the frames that were asked for, says so, and stays connected', async () => {
    const simulator = await start({ rate: 1_000, maxFrames: 25 })
    const client = own(await Client.live(simulator, ['0C'], ['005930']))
    await client.frames(25)
    expect(simulator.status()).toMatchObject({ frames: 25, done: true, sent: { best_quote: 25 }, sessions: 1 })
  })

  test('waits until registrations have been quiet, so that their pace does not change the frames', async () => {
    const run = async (together: boolean) => {
      const simulator = await start({ rate: 1_000, maxFrames: 50, settleMs: 150, clock: { nowMs: () => 1_785_000_000_000 } })
      const client = own(await Client.live(simulator))
      if (together) await client.ask(registerRequest({ groupNumber: '1', items: ['005930', '000660'], types: ['0B', '0D'] }))
      else
        for (const type of ['0D', '0B']) await client.ask(registerRequest({ groupNumber: '1', items: ['000660', '005930'], types: [type] }))
      await client.frames(50)
      return client.real
    }
    expect(await run(true)).toEqual(await run(false))
  })

  test('sends each session what it registered, and the same trades to both', async () => {
    const other = { appKey: 'A', secretKey: 'B' }
    const simulator = await start({ rate: 500, credentials: [simulatorCredentials, other] })
    const first = own(await Client.live(simulator, ['0B'], ['005930', '000660']))
    const second = own(await Client.live(simulator, ['0B'], ['005930'], other))
    await second.frames(30)
    const samsung = (client: Client) => volumes(client.real.filter(text => text.includes('"item":"005930"')))
    const some = samsung(second)
    await first.until(() => some.every(volume => samsung(first).includes(volume)))
    expect(second.real.every(text => !text.includes('000660'))).toBe(true)
  })

  test('by the calendar sends nothing while the market is closed, and goes on when it opens', async () => {
    let nowMs = Date.UTC(2026, 10, 29, 23, 59, 0) - 24 * 3_600_000
    const simulator = await start({ rate: 500, hours: 'calendar', clock: { nowMs: () => nowMs } })
    const client = own(await Client.live(simulator, ['0B', '0s'], ['005930', '005930_NX']))
    await expect.poll(() => simulator.status().registered).toBeGreaterThan(0)
    expect(client.real).toEqual([])
    nowMs = Date.UTC(2026, 10, 30, 1, 0, 0)
    await client.frames(20)
    const exchanges = client.real.flatMap(text =>
      JSON.parse(text).data.map((item: { values: Record<string, string> }) => item.values['9081']),
    )
    expect(exchanges).toEqual(expect.arrayContaining(['KRX', 'NXT']))
  })

  test('goes on where it stopped when a client comes back', async () => {
    const simulator = await start({ rate: 500 })
    const first = own(await Client.live(simulator, ['0B'], ['005930']))
    await first.frames(5)
    first.close()
    await expect.poll(() => simulator.status().sessions).toBe(0)
    const second = own(await Client.live(simulator, ['0B'], ['005930']))
    await second.frames(5)
    expect(volumes(second.real)[0]!).toBeGreaterThan(volumes(first.real).at(-1)!)
  })
})

describe('the frames of a folder', () => {
  test('are sent once, sorted, byte for byte, and then nothing but PING', async () => {
    const path = folder()
    const texts = [
      '{"data":[],\n "trnm": "REAL"}\n',
      '{"data":[{"values":{"27":"-1"},"type":"0C","name":"주식","item":"1"}],"trnm":"REAL"}',
    ]
    for (const [index, text] of texts.entries()) writeFileSync(join(path, `${index}.json`), text)
    writeFileSync(join(path, 'notes.txt'), 'no frame')
    const simulator = await start({ framesDirectory: path, limits: { ...defaultOptions.limits, pingMs: 20, heartbeatMs: 10_000 } })
    const client = own(await Client.live(simulator, ['0B'], ['005930']))
    await client.frames(2)
    await client.until(() => client.messages.filter(message => message.includes('PING')).length > 2)
    expect(client.real).toEqual(texts)
    expect(simulator.status()).toMatchObject({ frames: 2, done: true, sent: { best_quote: 1 } })
  })

  test('of the venue arrive unchanged', async () => {
    const simulator = await start({ framesDirectory: framesFolder, rate: 0 })
    const client = own(await Client.live(simulator, ['0B'], ['005930']))
    await client.until(() => simulator.status().done)
    await client.frames(32)
    for (const { crc32: sum } of simulator.ledger.entries) expect(client.real.map(text => crc32(text))).toContain(sum)
  })

  test('that cannot be read is an error at the start', async () => {
    await expect(startSimulator({ framesDirectory: '/nowhere/at/all' })).rejects.toThrow(/ENOENT/)
  })
})

describe('the ledger', () => {
  test('in a file and in memory says what was sent, in order', async () => {
    const file = join(folder(), 'ledger.jsonl')
    const simulator = await start({ rate: 1_000, maxFrames: 200, ledgerFile: file })
    const client = own(await Client.live(simulator, ['0B', '0D'], ['005930', '000660_NX']))
    await client.frames(200)
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as LedgerEntry)
    expect(lines).toEqual(simulator.ledger.entries)
    expect(lines.map(({ frame }) => frame)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    for (const [index, text] of client.real.entries()) {
      const entry = lines[index]!
      expect({ crc32: entry.crc32, bytes: entry.bytes, sessions: entry.sessions }).toEqual({
        crc32: crc32(text),
        bytes: Buffer.byteLength(text),
        sessions: [1],
      })
      for (const [at, item] of JSON.parse(text).data.entries()) {
        const noted = entry.items[at]!
        expect({ type: noted.type, item: noted.item }).toEqual({ type: item.type, item: item.item })
        for (const [fid, value] of Object.entries(noted.fids)) expect(item.values[fid]).toBe(value)
        expect(noted.fids['13']).toBe(item.values['13'])
      }
    }
  })
})
