import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const hostile = '\u001b]0;owned\u0007\u001b[2J\r\u202eback\u009b1m\u007f'
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** What a process logs of such a text, as a message of the venue and as an error. */
function logged(pretty: boolean): string {
  const source = join(import.meta.dirname, '../src/index.ts')
  const script = `
    import { createLogger } from ${JSON.stringify(source)}
    const text = ${JSON.stringify(hostile)}
    createLogger({ name: 'test', pretty: ${pretty} }).warn({ text, err: new Error(text) }, 'The venue said something')`
  return spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', script], { encoding: 'utf8' }).stderr
}

test('a line of the log is exact JSON in which nothing acts on a terminal', () => {
  const [line] = logged(false).split('\n')
  expect(line).not.toMatch(acting)
  expect(JSON.parse(line!)).toMatchObject({ text: hostile, err: { message: hostile }, msg: 'The venue said something' })
})

test('nothing acts in a log for people either', () => {
  const output = logged(true)
  expect(output).toContain('owned')
  for (const line of output.split('\n')) expect(line).not.toMatch(acting)
})
