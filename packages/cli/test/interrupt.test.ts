import { createServer } from 'node:net'
import { openJournal } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tickhouse } from './tickhouse.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const timeout = { timeout: 180_000 }

describe('a verb that takes long', () => {
  it('says what it is at, and Ctrl-C ends it with what was not done; stdout stays empty', timeout, async () => {
    const run = tickhouse(['verify', '--data', temporaryFolder()], await silentServers())
    await eventually(() => expect(run.stderr).toMatch(/^Reading 23 topics: 0 records … \d+ s$/m), { timeoutMs: 120_000 })
    run.child.kill('SIGINT')
    expect(await run.end).toEqual({ code: 1, stdout: '' })
    expect(run.stderr).toMatch(
      /^Interrupted while it was at: Reading 23 topics: 0 records\. Nothing was judged complete or incomplete\. .*run the same command again/m,
    )
    expect(run.stderr).not.toMatch(/operation was aborted|^ +at /m)
  })

  it.each([
    [['rebuild', '--dataset', 'trade', '--session', 'a'], 'What was published and written stays'],
    [['gaps'], 'No gap was listed'],
    [['topics', 'plan'], 'Nothing was changed'],
  ])('says so of %j, too', timeout, async (words, sentence) => {
    const run = tickhouse([...words, '--data', temporaryFolder()], await silentServers())
    await eventually(() => expect(run.stderr).toMatch(/^(Asking|Reading) .* … \d+ s$/m), { timeoutMs: 120_000 })
    run.child.kill('SIGINT')
    expect((await run.end).code).toBe(1)
    expect(run.stderr).toContain(sentence)
    expect(run.stderr).not.toMatch(/operation was aborted|^ +at /m)
  })
})

/** A Kafka and a QuestDB that take connections and never answer, and a journal with a session. */
async function silentServers(): Promise<Record<string, string>> {
  const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const directory = temporaryFolder()
  const journal = await openJournal({ directory, log, onLoss: () => {} })
  journal.beginSession({ session: 'a', openedAtUs: Date.now() * 1000, environment: 'simulator', collector: 'test', version: 1 })
  await journal.close()
  return {
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    QDB_CLIENT_CONF: `http::addr=127.0.0.1:${port};request_timeout=600000;`,
    JOURNAL_DIR: directory,
    LOG_LEVEL: 'silent',
  }
}
