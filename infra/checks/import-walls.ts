import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

// Imports point one way: cli → launch, doctor → sample-day, archive, replay → audit, page, venue-server → bus, store, journal, kiwoom, stack, schema-registry → calendar, catalogue, runtime.
// A package that is not declared is still found here, since this folder has it, but is missing in the image of one service.
const root = resolve(import.meta.dirname, '..', '..')
const floor = ['calendar', 'catalogue', 'runtime']
const rooms = ['kiwoom', 'journal', 'bus', 'store', 'stack', 'schema-registry']
const allowed: Readonly<Record<string, readonly string[]>> = {
  calendar: ['runtime'],
  catalogue: [],
  runtime: [],
  ...Object.fromEntries(rooms.map(room => [room, floor])),
  testkit: [...floor, ...rooms],
  audit: [...floor, 'journal', 'bus', 'store'],
  archive: [...floor, 'journal', 'store', 'audit'],
  page: [...floor, 'bus', 'store', 'stack'],
  doctor: [...floor, 'kiwoom', 'journal', 'bus', 'store', 'page'],
  'sample-day': [...floor, 'journal', 'bus', 'store', 'audit'],
  'venue-server': [...floor, 'kiwoom'],
  replay: [...floor, 'kiwoom', 'journal', 'bus', 'audit', 'venue-server'],
  launch: [...floor, ...rooms, 'audit', 'page', 'sample-day'],
  cli: [...floor, ...rooms, 'archive', 'audit', 'doctor', 'launch', 'page', 'replay', 'sample-day'],
  collector: [...floor, 'kiwoom', 'journal', 'bus'],
  sink: [...floor, 'bus', 'store'],
  simulator: [...floor, 'kiwoom', 'journal', 'venue-server'],
  // Others install it without the rest of this repository.
  typescript: [],
}

const clientRoom = join(root, 'packages', 'bus', 'src', 'kafkajs')
const clientDoor = join(clientRoom, 'index.ts')

const problems = ['packages', 'services', 'clients'].flatMap(group =>
  readdirSync(join(root, group))
    .filter(name => existsSync(join(root, group, name, 'package.json')))
    .flatMap(name => [
      ...declarationProblems(group, name),
      ...importProblems(group, name),
      ...undeclaredProblems(group, name),
      ...circleProblems(group, name),
    ]),
)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function declarationProblems(group: string, name: string): string[] {
  const permitted = allowed[name]
  if (!permitted) return [`${group}/${name} is in no room: name what it may import in infra/checks/import-walls.ts`]
  return declaredBy(group, name)
    .filter(dependency => dependency.startsWith('@tickhouse/') && !permitted.includes(dependency.slice('@tickhouse/'.length)))
    .map(dependency => `${group}/${name} may not depend on ${dependency}: only on ${permitted.join(', ') || 'nothing'}`)
}

function declaredBy(group: string, name: string): string[] {
  return Object.keys(JSON.parse(readFileSync(join(root, group, name, 'package.json'), 'utf8')).dependencies ?? {})
}

/** Packages that what is shipped imports by name, and that its package.json does not have. */
function undeclaredProblems(group: string, name: string): string[] {
  const declared = new Set([`@tickhouse/${name}`, ...declaredBy(group, name)])
  return sources(join(root, group, name, 'src')).flatMap(file =>
    imports(file)
      .filter(target => !isRelative(target) && !target.startsWith('node:') && !declared.has(packageOf(target)))
      .map(target => `${relative(root, file)} imports ${target}: declare ${packageOf(target)} in ${group}/${name}/package.json`),
  )
}

/** `@scope/name/file` and `name/file` without the file. */
function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

function importProblems(group: string, name: string): string[] {
  const home = join(root, group, name)
  const shipped = join(home, 'src')
  return sources(home).flatMap(file =>
    imports(file)
      .filter(target =>
        isRelative(target)
          ? !resolve(dirname(file), target).startsWith(`${home}/`)
          : file.startsWith(`${shipped}/`) && target.startsWith('@tickhouse/testkit') && name !== 'testkit',
      )
      .map(target => `${relative(root, file)} imports ${target}: packages are imported by name, and nothing shipped imports the testkit`)
      .concat(file.startsWith(`${shipped}/`) && group !== 'clients' ? clientProblems(file) : []),
  )
}

/** Files of one package that import each other in a circle, types included; between packages `allowed` has none. */
function circleProblems(group: string, name: string): string[] {
  const files = sources(join(root, group, name))
  const targetsOf = new Map(
    files.map(file => [
      file,
      imports(file)
        .filter(isRelative)
        .map(target => resolve(dirname(file), target)),
    ]),
  )
  return circlesIn(targetsOf).map(circle => `These files import each other: ${circle.map(file => relative(root, file)).join(' → ')}`)
}

/** The shortest circle through each file that is in one, each circle once. */
function circlesIn(targetsOf: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles = new Map<string, string[]>()
  for (const file of targetsOf.keys()) {
    const way = wayBack(file, targetsOf)
    if (way !== undefined) circles.set([...way].sort().join(), [...way, file])
  }
  return [...circles.values()]
}

function wayBack(file: string, targetsOf: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>()
  for (let ways = [[file]]; ways.length > 0; ) {
    const longer = ways.flatMap(way => (targetsOf.get(way.at(-1)!) ?? []).map(target => [...way, target]))
    const found = longer.find(way => way.at(-1) === file)
    if (found !== undefined) return found.slice(0, -1)
    ways = longer.filter(way => !seen.has(way.at(-1)!) && seen.add(way.at(-1)!))
  }
  return undefined
}

function isRelative(target: string): boolean {
  return target.startsWith('.')
}

/** What is shipped knows Kafka's client, and the folder that holds all that deals with it, by that folder's one door only. */
function clientProblems(file: string): string[] {
  if (file.startsWith(`${clientRoom}/`)) return []
  const targets = imports(file).filter(target => isRelative(target) && isBehindDoor(resolve(dirname(file), target)))
  return [...targets, ...clientNames(file)].map(
    target => `${relative(root, file)} imports ${target}: kafkajs is reached through ${relative(root, clientDoor)} only`,
  )
}

/** Finds both `import` and `require`: each names it in quotes. */
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
