import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { releasedOn, version } from '@tickhouse/runtime'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { pages, statementsIn } from './documented/statements.ts'

const root = join(import.meta.dirname, '..')

describe('a release', () => {
  it('has one version: that of release.ts, package.json and the newest entry of the changelog', () => {
    const [, newest, date] = /^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$/m.exec(read('CHANGELOG.md')) ?? []
    expect([JSON.parse(read('package.json')).version, newest]).toEqual([version, version])
    expect(Date.parse(date!)).toBeGreaterThanOrEqual(Date.parse(releasedOn))
  })

  it('is the release of the whole repository: no package has a version of its own', () => {
    const manifests = globSync(['packages/*/package.json', 'services/*/package.json'], { cwd: root })
    expect(manifests.filter(path => JSON.parse(read(path)).version !== undefined)).toEqual([])
    // What others install says which release it is of.
    const python = /^version = "(.+)"$/m.exec(read('clients/python/pyproject.toml'))![1]
    expect([JSON.parse(read('clients/typescript/package.json')).version, python]).toEqual([version, version])
  })

  it('is under the licence that package.json names', () => {
    expect(JSON.parse(read('package.json')).license).toBe('Apache-2.0')
    expect(read('LICENSE')).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/)
  })
})

/** They run until someone ends them. */
const endless = ['npm start', 'npm start -- --sample-day']

describe('continuous integration', () => {
  const { jobs } = parse(read('.github/workflows/ci.yml')) as { jobs: Record<string, { steps: { run?: string }[] }> }
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))

  it.each(['README.md', 'README.ko.md'])('runs the commands of %s', page => {
    const documented = statementsIn(read(page), page).filter(({ kind, text }) => kind === 'shell' && !endless.includes(text))
    expect(documented.map(({ text }) => text).sort()).toEqual(['npm start -- --for 30s', 'npm test'])
    expect(commands).toEqual(expect.arrayContaining(documented.map(({ text }) => text)))
  })

  it('runs nothing that a person cannot run', () => {
    const { scripts } = JSON.parse(read('package.json'))
    // A tool that the machines of the CI lack.
    const own = commands.filter(command => !command.startsWith('sudo apt-get '))
    for (const command of own) expect(scripts).toHaveProperty([/^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? command])
  })

  it('has the Node.js that everything runs on', () => {
    expect(/^ {2}node: (\d+)\./m.exec(read('pnpm-workspace.yaml'))?.[1]).toBe(read('.nvmrc').trim())
  })
})

describe('pages', () => {
  it('both READMEs show the same commands, queries and links', () => {
    const [english, korean] = ['README.md', 'README.ko.md'].map(page => ({
      statements: statementsIn(read(page), page).map(({ text }) => text),
      links: targetsOf(read(page)).filter(target => !target.startsWith('README')),
    }))
    expect(korean).toEqual(english)
  })

  it('the index of the documentation leads to every page', () => {
    const leads = targetsOf(read('docs/README.md')).map(target => join('docs', target))
    expect(pages.filter(page => !leads.includes(page) && !/README/.test(page))).toEqual([])
  })

  it.each(pages)('every link of %s leads to a file, and to a heading where it names one', page => {
    expect(deadLinks(page)).toEqual([])
  })
})

/** Links to files that are not there, or to headings that their page does not have. */
function deadLinks(page: string): string[] {
  return targetsOf(read(page)).filter(target => !/^https?:/.test(target) && !isThere(page, target))
}

/** Where a page leads: its links and its pictures. */
function targetsOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(match => (match[1] ?? match[2])!)
}

function isThere(page: string, target: string): boolean {
  const [path, heading] = target.split('#') as [string, string?]
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), path)
  if (!existsSync(file)) return false
  return heading === undefined || headingsOf(readFileSync(file, 'utf8')).includes(heading)
}

/** The headings of a page, as links name them. */
function headingsOf(markdown: string): string[] {
  const titles = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)
  return [...titles].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
