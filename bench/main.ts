import { markdown, record } from './report.ts'

// npm run bench -- [name …] [--record]: runs the named benchmarks, or all, one after the other; --record adds the figures to RESULTS.md.
const benches: Readonly<Record<string, () => Promise<{ run(): Promise<{ what: string; figure: string }[]> }>>> = {
  normalizer: () => import('./normalizer.ts'),
  encoder: () => import('./encoder.ts'),
  produce: () => import('./produce.ts'),
  drain: () => import('./drain.ts'),
  latency: () => import('./latency.ts'),
  memory: () => import('./memory.ts'),
  journal: () => import('./journal.ts'),
  day: () => import('./day.ts'),
  burst: () => import('./burst.ts'),
  archive: () => import('./archive.ts'),
}

const words = process.argv.slice(2)
const names = words.filter(word => !word.startsWith('--'))
const unknown = names.filter(name => !(name in benches))
if (unknown.length > 0) {
  console.error(`Expected ${Object.keys(benches).join(', ')}; was ${unknown.join(', ')}`)
  process.exit(2)
}
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  console.error(`running ${name} …`)
  const rows = await (await benches[name]!()).run()
  console.log(`\n${name}\n\n${markdown(rows)}`)
  if (words.includes('--record')) record(name, `npm run bench -- ${name}`, rows)
}
