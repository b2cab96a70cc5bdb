import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kafkaContainer, questdbContainer, singleNodeProperties } from '../src/index.ts'

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
    const variables = variablesIn('infra/kafka/kafka.env')
    expect(kafkaContainer('kafka:9092').environment).toMatchObject(variables)
    expect(Object.keys(variables)).toHaveLength(Object.keys(singleNodeProperties).length)
  })
})

/** The NAME=value lines of a file. */
function variablesIn(path: string): Record<string, string> {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  return Object.fromEntries(lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(/=(.*)/s, 2)))
}
