import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithOwnServers, describeWithServers, eventually, type OwnServers, ownServers, servers } from '../src/index.ts'

async function answers(httpUrl: string): Promise<boolean> {
  const response = await fetch(`${httpUrl}/exec?query=select%201`, { signal: AbortSignal.timeout(1000) })
  return response.ok
}

describeWithServers('servers of the run', () => {
  test('are named in the forms that configuration wants', async () => {
    const { brokers, questdb, httpUrl } = servers()
    expect(brokers).toMatch(/^[\w.-]+:\d+/)
    expect(questdb).toContain(`addr=${new URL(httpUrl).host}`)
    expect(await answers(httpUrl)).toBe(true)
  })
})

describeWithOwnServers('servers of a test', () => {
  let own: OwnServers
  beforeAll(async () => {
    own = await ownServers()
  })
  afterAll(() => own?.close())

  test('QuestDB can be cut off, and answers again once restored', async () => {
    await own.questdbProxy.cut()
    await expect(answers(own.proxied.httpUrl)).rejects.toThrow()
    await own.questdbProxy.restore()
    expect(await answers(own.proxied.httpUrl)).toBe(true)
  })

  test('QuestDB can be killed and comes back at its address', async () => {
    await own.questdb.kill('SIGKILL')
    await expect(answers(own.questdb.httpUrl)).rejects.toThrow()
    await own.questdb.start()
    expect(await eventually(() => answers(own.proxied.httpUrl))).toBe(true)
  })
})
