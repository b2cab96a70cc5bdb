import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessRoles } from '@tickhouse/catalogue'
import { describe, expect, it } from 'vitest'
import { kafkaContainer, questdbContainer, secureProperties, singleNodeProperties, variables } from '../src/index.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8')

describe('docker compose and the local stack', () => {
  it('run the same versions', () => {
    expect(compose).toContain(`image: ${kafkaContainer('').image}\n`)
    expect(compose).toContain(`image: ${questdbContainer().image}\n`)
  })

  it('tell QuestDB the same', () => {
    expect(variablesIn('infra/questdb/questdb.env')).toEqual(questdbContainer().environment)
  })

  it('tell Kafka the same, apart from where it listens', () => {
    const told = variablesIn('infra/kafka/kafka.env')
    expect(kafkaContainer('kafka:9092').environment).toMatchObject(told)
    expect(Object.keys(told)).toHaveLength(Object.keys(singleNodeProperties).length)
  })

  it('close Kafka in the same way', () => {
    expect(variablesIn('infra/kafka/secure.env')).toEqual(variables('KAFKA', secureProperties))
  })

  it('have a user and a folder for its password for every role, and nobody but the format sees them all', () => {
    const secure = readFileSync(join(root, 'docker-compose.secure.yml'), 'utf8')
    const users = ['admin', ...accessRoles]
    const listed = (text: string) => text.split(/[ ,]/).sort()
    expect(listed(/^ +- (admin,.*)$/m.exec(secure)![1]!)).toEqual([...users].sort())
    expect(listed(/^for user in (.*); do$/m.exec(readFileSync(join(root, 'infra/kafka/format.sh'), 'utf8'))![1]!)).toEqual(
      [...users].sort(),
    )
    const dockerfile = readFileSync(join(root, 'infra/docker/Dockerfile'), 'utf8')
    expect(listed(/for part in server authority ([^;]*); do/.exec(dockerfile)![1]!)).toEqual([...users].sort())
    for (const user of users) expect(secure).toContain(`  kafka-${user}:\n`)
    for (const [, user] of secure.matchAll(/KAFKA_SASL_USERNAME: (.*)/g)) expect(secure).toContain(`kafka-${user}:/run/kafka/login:ro`)
  })
})

it('images are built with the pnpm that a clone is set up with', () => {
  const pnpmIn = (path: string) => /pnpm@[\d.]+/.exec(readFileSync(join(root, path), 'utf8'))?.[0]
  expect(pnpmIn('infra/docker/Dockerfile')).toBe(pnpmIn('infra/setup.mjs'))
})

/** The NAME=value lines of a file. */
function variablesIn(path: string): Record<string, string> {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  return Object.fromEntries(lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(/=(.*)/s, 2)))
}
