import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environments } from '@tickhouse/kiwoom'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

it('the folder of the venues has a file for each, and its name, which compose says of any other word, names them', () => {
  const [, folder] =
    /infra\/compose\/(\S+)\/\$\{KIWOOM_ENV:-simulator\}\.yml/.exec(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) ?? []
  const names = Object.keys(environments)
  expect(readdirSync(join(root, 'infra/compose', folder!)).sort()).toEqual(names.map(name => `${name}.yml`).sort())
  for (const name of names) expect(folder).toContain(name)
  expect(folder).toMatch(/^KIWOOM_ENV-is-/)
})
