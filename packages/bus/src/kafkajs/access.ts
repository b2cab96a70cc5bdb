import type { AccessRule } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import kafkajs, { type AclEntry, type Admin, type Kafka } from 'kafkajs'
import type { ReachOptions } from '../reach.ts'
import { type Again, withAdmin } from './admin.ts'
import { Attempts } from './attempts.ts'

/** One right of one user, as Kafka keeps it. */
export interface Grant {
  /** Such as `User:sink`. */
  readonly principal: string
  readonly resource: string
  readonly pattern: string
  readonly name: string
  readonly operation: string
}

/** What stands between Kafka's access rules and the wanted ones. */
export interface AccessPlan {
  readonly create: readonly Grant[]
  /** What these users may do beyond that; it is shown and never taken away. */
  readonly beyond: readonly Grant[]
}

/** Brings Kafka's access rules in line with those of the catalogue, adding only. */
export interface Access {
  /** What would change; waits for Kafka. */
  plan(wanted: readonly Grant[], signal?: AbortSignal): Promise<AccessPlan>
  /** Grants every right of a plan that can be granted; in the end throws with those that could not. */
  apply(plan: AccessPlan, signal?: AbortSignal): Promise<void>
}

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

/** The rights of users: who has which role is up to the caller. */
export function grantsOf(rules: readonly AccessRule[], userOf: (role: AccessRule['role']) => string): Grant[] {
  return rules.flatMap(({ role, resource, pattern, name, operations }) =>
    operations.map(operation => ({ principal: `User:${userOf(role)}`, resource, pattern, name, operation })),
  )
}

/** Compares rights; order and repetition do not count. */
export function planAccess(wanted: readonly Grant[], existing: readonly Grant[]): AccessPlan {
  const [asked, there] = [new Set(wanted.map(keyOf)), new Set(existing.map(keyOf))]
  const users = new Set(wanted.map(({ principal }) => principal))
  return {
    create: wanted.filter(grant => !there.has(keyOf(grant))),
    beyond: existing.filter(grant => users.has(grant.principal) && !asked.has(keyOf(grant))),
  }
}

/** Access rules over kafkajs' admin client; a connection per call. */
export function createAccess(kafka: Kafka, reach: ReachOptions, log: Logger): Access {
  return {
    plan: (wanted, signal) =>
      withAdmin(kafka, { ...reach, signal }, 'Reading the access rules', async (admin, again) =>
        planAccess(wanted, await again(() => grantsIn(admin))),
      ),
    apply: ({ create }, signal) =>
      withAdmin(kafka, { ...reach, signal }, 'Changing the access rules', async (admin, again) => {
        await grantAll(admin, again, create)
        log.info({ created: create.length }, 'Access rules are as the catalogue says')
      }),
  }
}

/** All at once, which is quick; each by itself when that fails, to know which one is refused. A right that is there already is granted again. */
async function grantAll(admin: Admin, again: Again, grants: readonly Grant[]): Promise<void> {
  const request = (some: readonly Grant[]) => admin.createAcls({ acl: some.map(entryOf) })
  const isWhole =
    grants.length === 0 ||
    (await request(grants).then(
      () => true,
      () => false,
    ))
  if (isWhole) return
  const attempts = new Attempts()
  for (const grant of grants) await attempts.make(`${sentenceOf(grant)}: not granted`, () => again(() => request([grant])))
  attempts.end('BUS_REFUSED', 'Some rights could not be granted')
}

function sentenceOf({ principal, operation, resource, pattern, name }: Grant): string {
  return `${principal} ${operation} ${resource} ${name}${pattern === 'literal' ? '' : ` (${pattern})`}`
}

async function grantsIn(admin: Admin): Promise<Grant[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ALLOW,
  })
  return resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
    acls.map(({ principal, operation }) => ({
      principal,
      resource: wordOf(AclResourceTypes, resourceType),
      pattern: wordOf(ResourcePatternTypes, resourcePatternType),
      name: resourceName,
      operation: wordOf(AclOperationTypes, operation),
    })),
  )
}

function entryOf({ principal, resource, pattern, name, operation }: Grant): AclEntry {
  return {
    principal,
    host: '*',
    resourceType: numberOf(AclResourceTypes, resource),
    resourceName: name,
    resourcePatternType: numberOf(ResourcePatternTypes, pattern),
    operation: numberOf(AclOperationTypes, operation),
    permissionType: AclPermissionTypes.ALLOW,
  }
}

type Enumeration = Readonly<Record<string, string | number>>

function wordOf(enumeration: Enumeration, number: number): string {
  const found = Object.entries(enumeration).find(([, value]) => value === number)
  return (found?.[0] ?? String(number)).toLowerCase()
}

function numberOf(enumeration: Enumeration, word: string): number {
  return enumeration[word.toUpperCase()] as number
}

function keyOf({ principal, resource, pattern, name, operation }: Grant): string {
  return JSON.stringify([principal, resource, pattern, name, operation])
}
