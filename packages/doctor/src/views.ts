import { someOf } from '@tickhouse/runtime'
import { type ViewPlan, wantedViews } from '@tickhouse/store'
import { type Check, type Judgement, ok, warn } from './check.ts'

const apply = 'tickhouse tables apply'

/** Judges the difference between QuestDB's views and those that VIEWS asks for. No record depends on them. */
export function judgeViews({ create, replace, drop, kept, unchanged }: ViewPlan): Judgement[] {
  const judgements = [
    ...(create.length > 0 ? [warn(`${create.length} views are missing: ${someOf(create.map(({ name }) => name))}`, apply)] : []),
    ...replace.map(({ view, reason }) => warn(`${view.name} ${reason}`, apply)),
    ...(drop.length > 0
      ? [warn(`${drop.length} views are there that VIEWS does not ask for: ${someOf(drop.map(({ name }) => name))}`, apply)]
      : []),
    ...kept.map(({ name, reason, mend }) => warn(`${name} ${reason}`, mend)),
  ]
  if (judgements.length > 0) return judgements
  return [ok(unchanged.length === 0 ? 'VIEWS asks for none' : `all ${unchanged.length} are as the catalogue says`)]
}

/** The views against the catalogue. */
export const viewsCheck: Check = {
  name: 'views',
  needs: ['questdb'],
  look: async ({ env, store }, signal) => judgeViews(await store!.views.plan(wantedViews(env), signal)),
}
