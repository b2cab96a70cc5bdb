import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { messageOf, TickhouseError } from '@tickhouse/runtime'

const run = promisify(execFile)

/** Why something cannot run on this machine, in words that say what to install. */
export class MissingToolError extends TickhouseError {}

/** Finds Java 17 or newer (in `javaHome`, else on the PATH); throws MissingToolError otherwise. */
export async function findJava(javaHome?: string): Promise<string> {
  const java = javaHome === undefined || javaHome === '' ? 'java' : `${javaHome}/bin/java`
  const major = javaMajor(await outputOf(java, ['-version']))
  if (major === undefined || major < 17)
    throw new MissingToolError('JAVA_MISSING', `Expected Java 17 or newer (\`${java} -version\`), found ${major ?? 'none'}`)
  return java
}

/** Finds Maven on the PATH; throws MissingToolError otherwise. */
export async function findMaven(): Promise<string> {
  if (!/Apache Maven/.test(await outputOf('mvn', ['-version'])))
    throw new MissingToolError('MAVEN_MISSING', 'Expected Maven (`mvn -version`), found none')
  return 'mvn'
}

/** The major version in the output of `java -version`; 8 for "1.8.0". */
export function javaMajor(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match === null ? undefined : Number(match[1])
}

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args)
    return stdout + stderr
  } catch (error) {
    return messageOf(error)
  }
}
