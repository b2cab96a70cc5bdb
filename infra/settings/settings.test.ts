import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { composeMeanings, composeOnly } from './compose.ts'
import { allVariables, type Service, sections, variablesReadBy } from './declared.ts'
import { settingsPage } from './page.ts'

const root = join(import.meta.dirname, '..', '..')

/** What a service cannot do without. */
const needed: Readonly<Record<Service, Readonly<Record<string, string>>>> = {
  collector: { KIWOOM_ENV: 'simulator', KIWOOM_REST_URL: 'http://a', KIWOOM_WS_URL: 'ws://a', KAFKA_BROKERS: 'a:1' },
  sink: { KAFKA_BROKERS: 'a:1', QDB_CLIENT_CONF: 'http::addr=a:1;' },
  simulator: {},
}

test.each<Service>(['collector', 'sink', 'simulator'])('the page names exactly the settings that a %s reads', async service => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'services', service, 'src', 'main.ts'), '--print-config'], {
    env: needed[service],
  })
  const printed = [...stdout.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!)
  expect(['LOG_LEVEL', ...printed].sort()).toEqual(variablesReadBy(service).sort())
})

test('every variable that shipped code reads by its name is on the page, or belongs to the system', () => {
  const ofTheSystem = ['JAVA_HOME', 'NODE_COMPILE_CACHE']
  const sources = globSync(['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'], { cwd: root }).filter(path => !path.includes('/testkit/'))
  const read = sources.flatMap(path => [...readFileSync(join(root, path), 'utf8').matchAll(/\benv\['([A-Z_]+)'\]|\benv\.([A-Z_]{3,})/g)])
  const names = new Set(read.map(([, quoted, plain]) => (quoted ?? plain)!))
  expect(names.size).toBeGreaterThan(5)
  expect([...names].filter(name => !allVariables().has(name) && !ofTheSystem.includes(name))).toEqual([])
})

test('every variable of the compose files has a meaning, and none has a meaning that compose does not know', () => {
  expect(
    composeOnly()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(composeMeanings).sort())
})

const settings = sections.flatMap(({ title, specs }) => Object.values(Object.values(specs)[0]!).map(setting => [title, setting] as const))

test.each(settings.map(([title, setting]) => [title, setting.variable, setting] as const))(
  '%s: %s says what it means and what its number counts',
  (_title, variable, { describe, unit, expected }) => {
    expect(describe).toMatch(/^[A-Z].*[^.|\n]$/)
    if (/_(MB|MS|SECONDS|BYTES|RATE)\b/.test(variable)) expect(unit).not.toBe('')
    if (/duration/.test(expected)) expect(unit).toBe('duration')
  },
)

test('a default differs by venue only where it is said', () => {
  const page = settingsPage()
  expect(page).toContain('| `simulator-app-key` (simulator); required (mock, production) |')
  expect(page).toContain('| `168h` |')
  expect(page).not.toMatch(/undefined|\[object/)
})
