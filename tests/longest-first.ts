import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes. One of them that began last would run on alone while a processor rests. */
const longest = [
  'tests/documented.integration.test.ts',
  'tests/operator-mistakes.integration.test.ts',
  'tests/faults/',
  'tests/security.integration.test.ts',
  'tests/hostile-records.integration.test.ts',
  'tests/cookbook.integration.test.ts',
  'services/',
]

/** Within a group, files that take long begin first, whatever their project; then those with servers of their own; those that share servers follow each other. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => groupOf(one) - groupOf(other) || rankOf(one) - rankOf(other))
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.name === 'integration') return longest.length + 1
  const rank = longest.findIndex(path => moduleId.includes(`/${path}`))
  return rank === -1 ? longest.length : rank
}
