import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

// Imports point one way: services → bus, store, journal, kiwoom → calendar, catalogue, runtime. pnpm already hides what a package does not declare;
// this check keeps the declarations themselves in order, and relative imports inside their package.
const root = resolve(import.meta.dirname, '..', '..')
const floor = ['calendar', 'catalogue', 'runtime']
const rooms = ['kiwoom', 'journal', 'bus', 'store', 'stack']
const allowed: Readonly<Record<string, readonly string[]>> = {
  calendar: ['runtime'],
  catalogue: [],
  runtime: [],
  ...Object.fromEntries(rooms.map(room => [room, floor])),
  testkit: [...floor, ...rooms],
  page: ['runtime'],
  cli: [...floor, ...rooms, 'page'],
  collector: [...floor, 'kiwoom', 'journal', 'bus'],
  sink: [...floor, 'bus', 'store'],
  simulator: [...floor, 'kiwoom'],
}

const clientRoom = join(root, 'packages', 'bus', 'src', 'kafkajs')
const clientDoor = join(clientRoom, 'index.ts')

const problems = ['packages', 'services'].flatMap(group =>
  readdirSync(join(root, group)).flatMap(name => [...declarationProblems(group, name), ...importProblems(group, name)]),
)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function declarationProblems(group: string, name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, group, name, 'package.json'), 'utf8'))
  const permitted = allowed[name]
  if (!permitted) return [`${group}/${name} is in no room: name what it may import in infra/checks/import-walls.ts`]
  return Object.keys(manifest.dependencies ?? {})
    .filter(dependency => dependency.startsWith('@tickhouse/') && !permitted.includes(dependency.slice('@tickhouse/'.length)))
    .map(dependency => `${group}/${name} may not depend on ${dependency}: only on ${permitted.join(', ') || 'nothing'}`)
}

function importProblems(group: string, name: string): string[] {
  const home = join(root, group, name)
  const shipped = join(home, 'src')
  return sources(home).flatMap(file =>
    imports(file)
      .filter(target =>
        target.startsWith('.')
          ? !resolve(dirname(file), target).startsWith(`${home}/`)
          : file.startsWith(`${shipped}/`) && target.startsWith('@tickhouse/testkit') && name !== 'testkit',
      )
      .map(target => `${relative(root, file)} imports ${target}: packages are imported by name, and nothing shipped imports the testkit`)
      .concat(file.startsWith(`${shipped}/`) ? clientProblems(file) : []),
  )
}

/** What is shipped knows Kafka's client, and the folder that holds all that deals with it, by that folder's one door only. */
function clientProblems(file: string): string[] {
  if (file.startsWith(`${clientRoom}/`)) return []
  const targets = imports(file).filter(target => target.startsWith('.') && isBehindDoor(resolve(dirname(file), target)))
  return [...targets, ...clientNames(file)].map(
    target => `${relative(root, file)} imports ${target}: kafkajs is reached through ${relative(root, clientDoor)} only`,
  )
}

/** However it is asked for: `import` and `require` both name it in quotes. */
function clientNames(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/['"](kafkajs(?:\/[^'"]*)?)['"]/g)].map(match => match[1]!)
}

function isBehindDoor(path: string): boolean {
  return path.startsWith(`${clientRoom}/`) && path !== clientDoor
}

function sources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(path)
    return path.endsWith('.ts') ? [path] : []
  })
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:^\s*(?:import|export)\b[^'"]*?\bfrom\s+|^\s*import\s+|\bimport\(\s*)['"]([^'"]+)['"]/gm)].map(
    match => match[1]!,
  )
}
