import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ended } from './command.ts'

const main = join(import.meta.dirname, 'faults', 'main.ts')

describe('npm run test:faults', () => {
  it('names all cases and exits with 2 when no title contains the words of --only', async () => {
    const { code, stdout, stderr } = await ended(main, ['--only', 'volcano'])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('No case has "volcano" in its title') })
    expect(stderr).toContain('\n  faults: the venue > cuts the connection\n')
    expect(stderr).toContain('Usage: npm run test:faults')
    expect(stdout).toMatch(/^\d+ processors, load .*: \d+ files at a time, every limit [\d.]+ times as long as usual$/m)
    expect(stdout).toMatch(/^0 passed, 0 failed, \d+ skipped$/m)
  })

  it.each([
    [['--seed', 'yesterday'], 'Expected a whole number for --seed, was "yesterday"'],
    [['--minutes', '0'], 'Expected a number of minutes for --minutes, was "0"'],
    [['--jobs', '0'], 'Expected a number of files for --jobs, was "0"'],
    [['--storm', 'hail'], 'Expected everything or questdb for --storm, was "hail"'],
    [['--loud'], "Unknown option '--loud'"],
  ])('says what is wrong with %j before anything runs, and exits with 2', async (words, problem) => {
    const { code, stdout, stderr } = await ended(main, words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(problem)
  })
})
