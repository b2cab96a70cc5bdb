import type { TestProject } from 'vitest/node'
import { findServerKind } from './server-kind.ts'

/** For tests that start servers of their own only: finds out how, and starts nothing. */
export default async function setUp(project: TestProject): Promise<void> {
  project.provide('serverKind', await findServerKind())
}
