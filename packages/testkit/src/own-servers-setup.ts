import type { TestProject } from 'vitest/node'
import { describeMachine, measureMachine, slownessOf } from './machine.ts'
import { findLocalServers, findServerKind, say } from './server-kind.ts'

/**
 * For tests that start servers of their own only: finds out how, and starts nothing. Measures the machine, unless FAULT_PATIENCE says already how patient the
 * tests are to be.
 */
export default async function setUp(project: TestProject): Promise<void> {
  if (process.env['FAULT_PATIENCE'] === undefined) beAsPatientAsNeeded()
  const kind = await findServerKind()
  project.provide('serverKind', kind)
  project.provide('localServers', await findLocalServers(kind))
}

function beAsPatientAsNeeded(): void {
  const machine = measureMachine()
  process.env['FAULT_PATIENCE'] = String(slownessOf(machine))
  if (slownessOf(machine) > 1) say(`slow, so every limit is ${slownessOf(machine)} times as long: ${describeMachine(machine)}`)
}
