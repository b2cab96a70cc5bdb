import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entities } from '@tickhouse/catalogue'
import { type CompatibilityLevel, openRegistry, type RegistrationOutcome, registeredText, subjectSchemas } from '@tickhouse/schema-registry'
import { removeFolder, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releasedContracts } from '../infra/contract/contract.ts'
import { ended, withoutProgress } from './command.ts'
import { type FoundRegistry, startApicurio } from './registry/apicurio.ts'

const main = join(import.meta.dirname, '..', 'packages', 'cli', 'src', 'main.ts')
const gaps = 'kiwoom.feed.gap.v1-value'
const subjects = entities.map(({ topic }) => `${topic.name}-value`)

/** What this registry thinks of optional members in an open schema. */
const compared: readonly { level: CompatibilityLevel; outcome: 'registered' | 'REFUSED' }[] = [
  { level: 'BACKWARD_TRANSITIVE', outcome: 'REFUSED' },
  { level: 'NONE', outcome: 'registered' },
]

/** The one test that needs a registry and no pipeline: Apicurio, which has Confluent's API below a path. */
describe('tickhouse schemas register, with a registry', () => {
  let folder: string
  let found: FoundRegistry
  let address: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tickhouse-registry-'))
    found = await startApicurio(folder)
    address = 'url' in found ? `${found.url}/apis/ccompat/v7` : ''
  }, scaledTimeout(300_000))

  afterAll(async () => {
    if ('server' in found) await found.server.stop()
    removeFolder(folder)
  }, scaledTimeout(60_000))

  const register = async (...options: string[]) => {
    const { code, stdout, stderr } = await ended(main, ['schemas', 'register', '--url', address, '--format', 'json', ...options])
    return { code, outcomes: stdout === '' ? [] : (JSON.parse(stdout) as RegistrationOutcome[]), stderr: withoutProgress(stderr) }
  }

  it('registers the schema of every topic, as it is; again, and nothing changes', async ({ skip }) => {
    skip('missing' in found, reasonIn(found))
    const first = await register()
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.outcomes.map(({ subject, outcome, version }) => [subject, outcome, version])).toEqual(
      subjects.map(subject => [subject, 'registered', 1]),
    )
    const again = await register()
    expect(again.outcomes).toEqual(first.outcomes.map(outcome => ({ ...outcome, outcome: 'unchanged' })))
    const kept = (await (await fetch(`${address}/subjects/${gaps}/versions/latest`)).json()) as { schema: string; schemaType: string }
    expect([JSON.parse(kept.schema), kept.schemaType]).toEqual([JSON.parse(subjectSchemas().get(gaps)!), 'JSON'])
  })

  it.for(compared)('$level: a schema of 0.1.0 becomes that of today: $outcome', async ({ level, outcome }, { skip }) => {
    skip('missing' in found, reasonIn(found))
    const registry = openRegistry(address)
    const [released] = releasedContracts()
    const { schema } = released!.topics.find(({ name }) => `${name}-value` === gaps)!
    await fetch(`${address}/subjects/${gaps}`, { method: 'DELETE' })
    await registry.register(gaps, registeredText(schema))
    const { code, outcomes, stderr } = await register('--compatibility', level)
    expect(outcomes.find(({ subject }) => subject === gaps)?.outcome).toBe(outcome)
    expect(code).toBe(outcome === 'REFUSED' ? 1 : 0)
    expect(stderr).toMatch(
      outcome === 'REFUSED' ? /feed\.gap.*says: .*PROPERTY_SCHEMAS_NARROWED.*\ndocs\/contract\.md says which --compatibility fits/s : /^$/,
    )
    const { compatibilityLevel } = (await (await fetch(`${address}/config/${gaps}`)).json()) as { compatibilityLevel: string }
    expect(compatibilityLevel).toBe(level)
  })

  it('says where the API may be when the address is not the whole', async ({ skip }) => {
    skip('missing' in found, reasonIn(found))
    address = address.slice(0, address.indexOf('/apis'))
    expect(await register()).toMatchObject({ code: 1, stderr: expect.stringContaining('such as /apis/ccompat/v7') })
  })
})

function reasonIn(registry: FoundRegistry): string {
  return 'missing' in registry ? registry.missing : ''
}
