import { expect, test } from 'vitest'
import { findJava, MissingToolError } from '../src/index.ts'
import { javaMajor } from '../src/java.ts'

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_392"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['command not found', undefined],
])('reads the major version of %s', (output, major) => {
  expect(javaMajor(output)).toBe(major)
})

test('says what to install when there is no Java', async () => {
  const error = await findJava('/not/there').catch(caught => caught)
  expect(error).toBeInstanceOf(MissingToolError)
  expect(error.message).toBe('Expected Java 17 or newer (`/not/there/bin/java -version`), found none')
})
