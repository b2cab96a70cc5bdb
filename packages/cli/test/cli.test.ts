import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { textTable } from '@tickhouse/runtime'
import { describe, expect, it } from 'vitest'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')

/** Runs the command as a person does; resolves with its exit code and what it printed. */
function tickhouse(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve =>
    execFile(process.execPath, [main, ...words], { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

describe('tickhouse', () => {
  it('helps on every verb and exits 0', { timeout: 120_000 }, async () => {
    const { code, stdout } = await tickhouse('--help')
    expect(code).toBe(0)
    const verbs = [...stdout.matchAll(/^ {2}([a-z-]+) .*\S/gm)].map(match => match[1]!).filter(verb => verb !== 'help')
    expect(verbs).toContain('catalogue')
    const helps = await Promise.all(verbs.map(verb => tickhouse(verb, '--help')))
    for (const [index, help] of helps.entries()) expect(help, verbs[index]).toMatchObject({ code: 0, stderr: '' })
  })

  it('exits 2 on wrong usage and says what was expected', { timeout: 60_000 }, async () => {
    expect(await tickhouse('capture')).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown command 'capture'") })
    expect(await tickhouse('catalogue', '--format', 'xml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('table, json, markdown'),
    })
    expect(await tickhouse('verify', '--date', '25.11.2026')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a date such as 2026-11-25'),
    })
    expect(await tickhouse('catalogue', 'tradez')).toMatchObject({ code: 2, stderr: expect.stringContaining('known are order_execution') })
  })

  it('describes the table of conditions like the datasets', async () => {
    expect(await tickhouse('catalogue', 'data_condition')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^condition +SYMBOL /m) })
  })

  it('describes a view like the datasets', async () => {
    expect(await tickhouse('catalogue', 'nbbo')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bid_venue +STRING /m) })
  })

  it('prints every column of a dataset as JSON on stdout', async () => {
    const { code, stdout, stderr } = await tickhouse('catalogue', 'etf_nav', '--format', 'json')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ column: 'nav', fid: 36, korean_title: 'NAV', quest_type: 'DOUBLE' }),
    )
  })
})

it('a table keeps its columns straight with Hangul in it', () => {
  const rows = [
    { name: '삼성전자', count: '1,000' },
    { name: 'KB', count: '7' },
  ]
  expect(textTable(rows, ['name', 'count'])).toBe('name      count\n────────  ─────\n삼성전자  1,000\nKB            7')
})
