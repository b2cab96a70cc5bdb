import { SessionNormalizer, venueDatasets } from '@tickhouse/catalogue'
import { frameFixtures } from '@tickhouse/testkit'
import { type BenchRow, microseconds } from './report.ts'

/** Normalizer: µs from the text of a frame to the JSON of its record, per dataset, on the frames of the venue in its usual form. */
export async function run(): Promise<BenchRow[]> {
  return venueDatasets.map(({ name }) => {
    const text = usualForm(frameFixtures().find(fixture => fixture.rows[0]?.dataset === name)!.text)
    const normalizer = new SessionNormalizer({ session: '01bench', openedAtUs: 0, environment: 'bench', collector: 'bench' })
    let timeUs = Date.now() * 1000
    return {
      what: `normalize ${name} (${text.length} characters)`,
      figure: microseconds(() => normalizer.entry({ kind: 'frame', timeUs: timeUs++, text })),
    }
  })
}

/** One item, compact, `data` before `trnm`: as the venue sends it. A trade without volume, so that the cumulative volume fits although it stands still. */
function usualForm(text: string): string {
  const { values, type, name, item } = JSON.parse(text).data[0]
  if (type === '0B') values[15] = '+0'
  return JSON.stringify({ data: [{ values, type, name, item }], trnm: 'REAL' })
}
