import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal, sessionHeader } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { tickhouse } from './tickhouse.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const frame = '{"data":[{"values":{"10":"+1"},"type":"0B","name":"","item":"005930"}],"trnm":"REAL"}'

/** A journal with a session of one frame, captured just now. */
async function journalWith(session: string, directory: string): Promise<string> {
  const openedAtUs = Date.now() * 1000 - 1_000_000
  const journal = await openJournal({ directory, log, onLoss: () => {} })
  journal.beginSession(sessionHeader({ session, openedAtUs, environment: 'simulator', collector: 'test' }, {}))
  journal.append('frame', openedAtUs + 1, Buffer.from(frame))
  await journal.close()
  return directory
}

/** What was said besides how far long work is. */
function spoken(stderr: string): string {
  return stderr.replace(/^.* … \d+ s\n/gm, '')
}

it('a replay that cannot be is refused with what is wrong, and exit code 2', async () => {
  const [one, other] = [await journalWith('s1', temporaryFolder()), await journalWith('s2', temporaryFolder())]
  const refused = async (words: readonly string[], env: Readonly<Record<string, string>>) => {
    const running = tickhouse(['replay', ...words], env)
    const { code, stdout } = await running.end
    expect([code, stdout]).toEqual([2, ''])
    return spoken(running.stderr)
  }
  const [nowhere, several, looped, twice] = await Promise.all([
    refused(['--date', 'today', '--data', temporaryFolder()], {}),
    refused(['--date', 'today'], { JOURNAL_DIR: `${one},${other}` }),
    refused(['--session', 's1', '--to', 'kafka', '--loop'], { JOURNAL_DIR: one }),
    refused(['--session', 's1', '--to', '10:00', '--to', '11:00'], { JOURNAL_DIR: one }),
  ])
  expect(nowhere).toMatch(/^Expected JOURNAL_DIR in the environment, or a running `tickhouse start` in /)
  expect(several).toMatch(/^Expected one journal, there are .*: name one with --journal, or a session with --session$/m)
  expect(looped).toMatch(/^Expected no --loop with --to kafka/)
  expect(twice).toMatch(/^Expected one time and the word kafka with --to/)
})

it('a replay reads what a start has left in its data folder, says where it is, and on Ctrl-C what was not sent', async () => {
  const data = temporaryFolder()
  mkdirSync(join(data, 'journal'))
  await journalWith('s1', join(data, 'journal'))
  const running = tickhouse(['replay', '--session', 's1', '--data', data])
  await expect
    .poll(() => running.stdout, { timeout: 30_000 })
    .toMatch(/^KIWOOM_REST_URL=http:\/\/127\.0\.0\.1:(\d+)\nKIWOOM_WS_URL=ws:\/\/127\.0\.0\.1:\1\n$/)
  running.child.kill('SIGINT')
  expect((await running.end).code).toBe(1)
  expect(spoken(running.stderr)).toBe(
    'Interrupted while it was at: Waiting for the first registration. 0 frames of session s1 were sent, and the end was not reached.\n',
  )
})

it('a loop ends well on Ctrl-C', async () => {
  const running = tickhouse(['replay', '--session', 's1', '--loop', '--journal', await journalWith('s1', temporaryFolder())])
  await expect.poll(() => running.stdout, { timeout: 30_000 }).toContain('KIWOOM_WS_URL')
  running.child.kill('SIGINT')
  expect((await running.end).code).toBe(0)
  expect(spoken(running.stderr)).toBe('0 frames of session s1 were sent; the replay is over.\n')
})
