import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWithPromtool } from './promtool.ts'
import { ruleFiles } from './rules.ts'

const tests = join(import.meta.dirname, 'tests')

describeWithPromtool('promtool', promtool => {
  it('takes the rules', async () => {
    const { code, output } = await promtool('check', 'rules', ...ruleFiles)
    expect(output).not.toContain('FAILED')
    expect(code).toBe(0)
  })

  it('takes the configuration', async () => {
    expect(await promtool('check', 'config', join(import.meta.dirname, 'prometheus.yml'))).toMatchObject({ code: 0 })
  })

  it('finds that alerts fire, and do not fire, as the unit tests of the rules say', { timeout: 120_000 }, async () => {
    const files = readdirSync(tests).map(name => join(tests, name))
    const { code, output } = await promtool('test', 'rules', ...files)
    expect(output.match(/SUCCESS/g), output).toHaveLength(files.length)
    expect(code, output).toBe(0)
  })

  it('fails a rule that is wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickhouse-rules-'))
    const file = join(folder, 'wrong.yml')
    writeFileSync(file, 'groups: [{ name: wrong, rules: [{ record: a, expr: "sum(" }] }]')
    const { code } = await promtool('check', 'rules', file)
    rmSync(folder, { recursive: true })
    expect(code).not.toBe(0)
  })
})
