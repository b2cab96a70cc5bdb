import { expect, test } from 'vitest'
import { readLogLine } from '../src/log-line.ts'

test('a line of a service reads as a sentence with its reason', () => {
  expect(readLogLine('{"level":40,"msg":"Kafka does not answer, waiting for it","err":{"message":"refused\\nat x"}}')).toEqual({
    level: 40,
    sentence: 'Kafka does not answer, waiting for it (refused)',
  })
  expect(readLogLine('{"level":30,"msg":"Connected"}')).toEqual({ level: 30, sentence: 'Connected' })
})

test('any other text stays as it is and troubles nobody', () => {
  expect(readLogLine('    at resolve (node:internal)')).toEqual({ level: 30, sentence: '    at resolve (node:internal)' })
})
