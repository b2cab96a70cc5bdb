import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

function start(deed: string) {
  const child = fork(`${import.meta.dirname}/one-line-service.ts`, [deed], { silent: true })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, end: endOf(child), announced: once(child, 'message') }
}

async function endOf(child: ChildProcess) {
  const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout!), text(child.stderr!)])
  return { code, stdout, stderr }
}

test('announces itself and, on SIGTERM, closes everything and exits with 0', async () => {
  const { child, end, announced } = start('run')
  expect(await announced).toMatchObject([{ announce: { pid: child.pid, url: 'http://127.0.0.1:1' } }, undefined])
  child.kill('SIGTERM')
  expect(await end).toMatchObject({ code: 0, stdout: 'closed' })
})

test('stops by itself when its parent is gone', async () => {
  const { child, end, announced } = start('run')
  await announced
  child.disconnect()
  expect(await end).toMatchObject({ code: 0, stdout: 'closed' })
})

test('exits with 2 and all problems on stderr when the configuration is wrong', async () => {
  const { code, stderr } = await start('config').end
  expect(code).toBe(2)
  expect(stderr).toContain('HTTP_PORT: expected an integer, was "x"')
})

test.each(['throw', 'background'])('exits with 1 and the reason on stderr when it cannot go on: %s', async deed => {
  const { code, stderr } = await start(deed).end
  expect(code).toBe(1)
  expect(stderr).toContain('disk on fire')
})

test('exits with 1 on an unexpected rejection', async () => {
  expect(await start('reject').end).toMatchObject({ code: 1, stderr: expect.stringContaining('a bug') })
})

test('never logs keys, secrets or tokens', async () => {
  const { stderr } = await start('throw').end
  expect(stderr).toContain('[redacted]')
  expect(stderr).not.toContain('s3cret')
})

test('prints its settings when asked for them, secrets redacted, and does nothing else', async () => {
  const { code, stdout } = await start('--print-config').end
  expect([code, stdout]).toEqual([0, '# Port\nHTTP_PORT=0\n# Key\nAPP_KEY=[redacted]\n'])
})
