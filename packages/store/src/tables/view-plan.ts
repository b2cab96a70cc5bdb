import { ddlOfView, ourMark, type ViewDefinition, viewSql } from '@tickhouse/catalogue'

/** A view, or a table by the name of one, as QuestDB has it. */
export interface ExistingView {
  readonly name: string
  readonly kind: 'table' | 'view' | 'materialized view'
  /** What it stands for; '' for a table. */
  readonly sql: string
  /** Only of a materialized view: what it follows, how QuestDB spells that behind REFRESH, and why it no longer does. */
  readonly base?: string
  readonly refresh?: string
  readonly partitionBy?: string
  readonly invalid?: string
}

/** Every view of the catalogue, each behind those it reads, and the names of those that there are to be. */
export interface WantedViews {
  readonly all: readonly ViewDefinition[]
  readonly wanted: ReadonlySet<string>
}

/** Something that stays as it is until a person decides. */
export interface KeptView {
  readonly name: string
  readonly reason: string
  readonly mend: string
}

/** What is to be done so that QuestDB has the views that are wanted, and no others of ours. */
export interface ViewPlan {
  readonly create: readonly ViewDefinition[]
  readonly replace: readonly { readonly view: ViewDefinition; readonly kind: ExistingView['kind']; readonly reason: string }[]
  readonly drop: readonly Pick<ExistingView, 'name' | 'kind'>[]
  readonly kept: readonly KeptView[]
  readonly unchanged: readonly string[]
}

/**
 * Compares the views that are wanted with what is there. A plain view holds nothing and is replaced at will. A materialized one is replaced with those that
 * follow from it, unless one of them holds rows that could not be made again: these are kept and named, and so is what somebody else has made.
 */
export function planViews({ all, wanted }: WantedViews, existing: readonly ExistingView[], irreplaceable: ReadonlySet<string>): ViewPlan {
  const found = new Map(existing.map(view => [view.name, view]))
  const isOurs = ({ sql }: ExistingView) => sql.startsWith(ourMark)
  const definitions = all.filter(({ name }) => wanted.has(name))
  const foreign = existing.filter(view => wanted.has(view.name) && !isOurs(view))
  const differing = differences(definitions, new Map(existing.filter(isOurs).map(view => [view.name, view])))
  const leftOver = existing.filter(view => isOurs(view) && !wanted.has(view.name))
  const held = chainsOf(all, [...differing.keys(), ...leftOver.map(({ name }) => name)], irreplaceable)
  const stays = new Set([...held, ...foreign.map(({ name }) => name)])
  return {
    create: definitions.filter(({ name }) => !found.has(name)),
    replace: definitions
      .filter(({ name }) => differing.has(name) && !stays.has(name))
      .map(view => ({ view, kind: found.get(view.name)!.kind, reason: differing.get(view.name)! })),
    drop: leftOver.filter(({ name }) => !stays.has(name)).map(({ name, kind }) => ({ name, kind })),
    kept: [...foreign.map(foreignOne), ...held.map(name => heldOne(name, differing.get(name) ?? 'is not wanted'))],
    unchanged: definitions.map(({ name }) => name).filter(name => found.has(name) && !differing.has(name) && !stays.has(name)),
  }
}

/** The materialized views that a plan would empty: whether they can be made again is worth a question. */
export function emptiedBy({ replace, drop }: ViewPlan): string[] {
  const gone = [...drop, ...replace.map(({ view: { name }, kind }) => ({ name, kind }))]
  return gone.filter(({ kind }) => kind === 'materialized view').map(({ name }) => name)
}

/** The statements that carry out a plan: what reads others goes first and comes last. A plain view is replaced where it stands. */
export function viewStatements({ create, replace, drop }: ViewPlan, all: readonly ViewDefinition[]): { name: string; statement: string }[] {
  const rank = new Map(all.map(({ name }, index) => [name, index]))
  const byRank = (one: { name: string }, other: { name: string }) => (rank.get(one.name) ?? -1) - (rank.get(other.name) ?? -1)
  const isPlain = (view: ViewDefinition, kind: ExistingView['kind']) => kind === 'view' && view.materialized === undefined
  const inTheWay = replace.filter(({ view, kind }) => !isPlain(view, kind)).map(({ view: { name }, kind }) => ({ name, kind }))
  const made = [...create, ...replace.map(({ view }) => view)].sort(byRank)
  return [
    ...[...drop, ...inTheWay]
      .sort((one, other) => byRank(other, one))
      .map(({ name, kind }) => ({ name, statement: `DROP ${kind.toUpperCase()} IF EXISTS ${name}` })),
    ...made.map(view => ({ name: view.name, statement: ddlOfView(view).trim().replace(/;$/, '') })),
  ]
}

/** How each view differs that is there; one whose base is made anew follows it. */
function differences(definitions: readonly ViewDefinition[], found: ReadonlyMap<string, ExistingView>): Map<string, string> {
  const isMade = new Set(definitions.filter(({ name, materialized }) => materialized && !found.has(name)).map(({ name }) => name))
  const reasons = new Map<string, string>()
  for (const view of definitions) {
    const there = found.get(view.name)
    const base = view.materialized?.base
    if (there === undefined) continue
    const reason = base !== undefined && (isMade.has(base) || reasons.has(base)) ? `${base} is made anew` : differenceOf(view, there)
    if (reason !== undefined) reasons.set(view.name, reason)
  }
  return reasons
}

function differenceOf(view: ViewDefinition, there: ExistingView): string | undefined {
  const { materialized } = view
  const kind = materialized ? 'materialized view' : 'view'
  if (there.kind !== kind) return `is a ${there.kind}, not a ${kind}`
  if (there.sql !== viewSql(view)) return 'has another definition'
  if (materialized === undefined) return undefined
  const settings = ['base', 'refresh', 'partitionBy'] as const
  const setting = settings.find(name => there[name] !== materialized[name])
  if (setting !== undefined) return `${setting}: expected ${materialized[setting]}, found ${there[setting]}`
  return there.invalid === undefined ? undefined : `no longer follows ${materialized.base}: ${there.invalid}`
}

/** Of the views that would go, those that cannot be made again, and with them all that follow from the same view as they do. */
function chainsOf(all: readonly ViewDefinition[], going: readonly string[], irreplaceable: ReadonlySet<string>): string[] {
  const bases = new Map(all.flatMap(({ name, materialized }) => (materialized ? [[name, materialized.base] as const] : [])))
  const rootOf = (name: string): string => (bases.has(bases.get(name) ?? '') ? rootOf(bases.get(name)!) : name)
  const roots = new Set(going.filter(name => irreplaceable.has(name)).map(rootOf))
  return going.filter(name => roots.has(rootOf(name)))
}

function foreignOne({ name, kind }: ExistingView): KeptView {
  const mend = kind === 'table' ? `RENAME TABLE ${name} TO my_${name};` : `DROP ${kind.toUpperCase()} ${name};`
  return { name, reason: `is a ${kind} that somebody else has made`, mend: `${mend}   (then tickhouse tables apply)` }
}

function heldOne(name: string, why: string): KeptView {
  const mend = `CREATE TABLE ${name}_before AS (SELECT * FROM ${name}); DROP MATERIALIZED VIEW ${name};   (then tickhouse tables apply)`
  return { name, reason: `${why}, and has rows that could not be made again`, mend }
}
