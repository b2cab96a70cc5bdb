import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { entities } from '@tickhouse/catalogue'
import { untold } from '@tickhouse/runtime'
import { openRegistry, registerSchemas, registrySettings, subjectSchemas } from '@tickhouse/schema-registry'
import { expect, it, onTestFinished } from 'vitest'

const doing = { tell: untold, signal: new AbortController().signal }

/** A server that answers every request like this: none of them is a registry that lets us in. */
async function serverThat(answer: (response: ServerResponse, authorization: string | undefined) => void): Promise<string> {
  const server = createServer((request, response) => answer(response, request.headers.authorization))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('the subject of each topic is its name and -value, and its schema refers to no other', () => {
  const subjects = subjectSchemas()
  expect([...subjects.keys()]).toEqual(entities.map(({ topic }) => `${topic.name}-value`))
  for (const schema of subjects.values()) expect(schema).not.toContain('"$ref"')
})

it('a schema is registered as one of draft 7, and has no keyword that came later', () => {
  const newer =
    /^(\$(defs|anchor|dynamicRef|dynamicAnchor|recursiveRef|vocabulary)|prefixItems|unevaluated\w+|dependent\w+|(min|max)Contains)$/
  const keywords = new Set<string>()
  for (const schema of subjectSchemas().values()) {
    const { $schema } = JSON.parse(schema, (key, value) => {
      keywords.add(key)
      return value
    }) as { $schema: string }
    expect($schema).toBe('http://json-schema.org/draft-07/schema#')
  }
  expect([...keywords].filter(keyword => newer.test(keyword))).toEqual([])
})

it.each([
  ['registry:8081', 'Expected the URL of a schema registry such as http://127.0.0.1:8081, was "registry:8081"'],
  ['', 'Expected the URL of a schema registry such as http://127.0.0.1:8081, was ""'],
  ['http://me:secret@127.0.0.1:8081', 'Expected a URL without user and password'],
])('"%s" is refused before anything is asked', (url, problem) => {
  expect(() => openRegistry(url)).toThrow(problem)
})

it('says that nothing answers at an address', async () => {
  const url = await serverThat(response => response.destroy())
  await expect(registerSchemas(openRegistry(url), {}, doing)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: `The schema registry at ${url} cannot be reached`,
  })
})

it.each([
  ['a page', '<h1>Not found</h1>', 'answers 404'],
  ['JSON of its own', '{"message":"no such resource","error_code":404}', 'says: no such resource'],
])('tells a server that answers with %s from a registry, and that the API may be below a path', async (_, page, said) => {
  const url = await serverThat(response => response.writeHead(404).end(page))
  await expect(registerSchemas(openRegistry(`${url}/`), {}, doing)).rejects.toMatchObject({
    code: 'REGISTRY_UNKNOWN_API',
    message: `Expected a schema registry with Confluent's API at ${url}, but it ${said} to the question for kiwoom.account.order-execution.v1-value. Some have that API below a path, such as /apis/ccompat/v7`,
  })
})

it('names the settings that log in where a user is missing, and sends them where they are set', async () => {
  const seen: (string | undefined)[] = []
  const url = await serverThat((response, authorization) => {
    seen.push(authorization)
    response.writeHead(401).end()
  })
  const refused = { code: 'REGISTRY_NOT_ALLOWED', message: expect.stringContaining('SCHEMA_REGISTRY_PASSWORD_FILE') }
  await expect(registerSchemas(openRegistry(url), {}, doing)).rejects.toMatchObject(refused)
  await expect(registerSchemas(openRegistry(url, { username: 'me', password: 'secret' }), {}, doing)).rejects.toMatchObject(refused)
  expect(seen).toEqual([undefined, `Basic ${Buffer.from('me:secret').toString('base64')}`])
  expect(registrySettings.password.secret).toBe(true)
})

it('writes out what would act on a terminal, or make a line of its own, in what a server says that lets nobody in', async () => {
  const url = await serverThat(response => response.writeHead(403).end('{"error_code":40301,"message":"no\\nFORGED\\u001b[2J"}'))
  const refused = { code: 'REGISTRY_NOT_ALLOWED', message: expect.not.stringMatching(/\p{Cc}/u) }
  await expect(registerSchemas(openRegistry(url), {}, doing)).rejects.toMatchObject(refused)
})

it('ends when it is told to', async () => {
  const url = await serverThat(() => {})
  const stop = new AbortController()
  const registering = registerSchemas(openRegistry(url), {}, { tell: untold, signal: stop.signal })
  stop.abort()
  await expect(registering).rejects.toThrow('aborted')
})
