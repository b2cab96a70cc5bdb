import type { TestProject } from 'vitest/node'
import { findLocalServers, findServerKind } from './server-kind.ts'

/** For tests that start servers of their own only: finds out how, and starts nothing. */
export default async function setUp(project: TestProject): Promise<void> {
  const kind = await findServerKind()
  project.provide('serverKind', kind)
  project.provide('localServers', await findLocalServers(kind))
}
