import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseEnv } from 'node:util'
import { datasetNameOf, limitsOf, planRegistration, wantedIn } from '@tickhouse/kiwoom'
import { type Env, messageOf, someOf, UsageError } from '@tickhouse/runtime'

/** The environment of a collector, and how it is called. */
export interface CollectorFile {
  readonly name: string
  readonly env: Env
}

/** Reads files of lines NAME=value, such as `tickhouse plan` writes. Throws UsageError for one that cannot be read. */
export function collectorFiles(paths: readonly string[]): CollectorFile[] {
  return paths.map(path => {
    try {
      return { name: basename(path), env: parseEnv(readFileSync(path, 'utf8')) }
    } catch (error) {
      throw new UsageError(`Expected a file of lines NAME=value at ${path}: ${messageOf(error)}`)
    }
  })
}

/** What must be of one collector alone; the value of a setting is never shown where it is a secret. */
const ownSettings = ['COLLECTOR_ID', 'JOURNAL_DIR', 'KIWOOM_APP_KEY', 'KIWOOM_APP_KEY_FILE']

/** What collectors have in common and must not, a sentence each; none where they can run side by side. */
export function clashesOf(files: readonly CollectorFile[]): string[] {
  return [...sharedSettings(files), ...sharedPairs(files)]
}

function sharedSettings(files: readonly CollectorFile[]): string[] {
  return ownSettings.flatMap(name =>
    [...Map.groupBy(files, ({ env }) => env[name] ?? '')]
      .filter(([value, those]) => value !== '' && those.length > 1)
      .map(([, those]) => `${namesOf(those)} have the same ${name}: each needs one of its own`),
  )
}

/** Whatever comes of an item that two capture is stored once for each; items that share the same types are told together. */
function sharedPairs(files: readonly CollectorFile[]): string[] {
  const shared = sharedTypes(files)
  const alike = Map.groupBy(shared, ({ those, types }) => `${namesOf(those)} both capture ${someOf(types.map(datasetNameOf))}`)
  return [...alike].map(([sentence, items]) => {
    const named = items.filter(({ item }) => item !== '').map(({ item }) => item)
    const of = named.length === 0 ? '' : ` of ${someOf(named)}`
    return `${sentence}${of}: all of it would be stored once for each`
  })
}

/** The items that several capture, with the types that they have in common. */
function sharedTypes(files: readonly CollectorFile[]) {
  const takers = new Map<string, { type: string; item: string; those: CollectorFile[] }>()
  for (const file of files)
    for (const { type, item } of pairsOf(file)) {
      const key = `${type} ${item}`
      takers.set(key, { type, item, those: [...(takers.get(key)?.those ?? []), file] })
    }
  const shared = [...takers.values()].filter(({ those }) => those.length > 1)
  return [...Map.groupBy(shared, ({ item, those }) => `${item} ${namesOf(those)}`).values()].map(pairs => ({
    ...pairs[0]!,
    types: pairs.map(({ type }) => type),
  }))
}

function namesOf(files: readonly CollectorFile[]): string {
  return files.map(({ name }) => name).join(' and ')
}

/** What a collector registers. */
function pairsOf({ name, env }: CollectorFile): { type: string; item: string }[] {
  try {
    const { environment, wanted } = wantedIn(env)
    const { requests } = planRegistration(wanted, limitsOf(environment))
    return requests.flatMap(({ types, items }) => types.flatMap(type => items.map(item => ({ type, item }))))
  } catch (error) {
    throw new UsageError(`${name}: ${messageOf(error)}`)
  }
}
