import { entityOf, type NormalizerEntry, type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import { frameFixtures } from '@tickhouse/testkit'

const openedAtUs = Date.UTC(2026, 8, 11, 1, 0, 0) * 1000

/** Records of every dataset, as they stand in Kafka, one a line: `{"topic","key","value"}`. The kits of all languages are tried on them. */
export function kitRecords(): string {
  const normalizer = new SessionNormalizer({ session: '01kits', openedAtUs, environment: 'simulator', collector: 'c1' })
  const own: Omit<NormalizerEntry, 'timeUs'>[] = [
    { kind: 'heartbeat', text: '' },
    { kind: 'notice', text: JSON.stringify({ kind: 'system', code: '0', text: '점검' }) },
    { kind: 'gap', text: JSON.stringify({ from: openedAtUs, to: openedAtUs + 1, reason: 'silent', types: ['0B'], missing: 3 }) },
    { kind: 'frame', text: 'this is not JSON' },
    { kind: 'close', text: JSON.stringify({ reason: 'stopped' }) },
  ]
  const frames = frameFixtures().map(({ text }) => ({ kind: 'frame' as const, text }))
  return [...frames, ...own]
    .flatMap((entry, index) => normalizer.entry({ ...entry, timeUs: openedAtUs + index * 1_000_000 }).map(line))
    .join('')
}

function line({ dataset, symbol, json }: Produced): string {
  return `${JSON.stringify({ topic: entityOf(dataset).topic.name, key: symbol, value: json })}\n`
}
