import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSignedCertificate } from '@tickhouse/stack/certificate'
import { openStore } from '@tickhouse/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from './silent-log.ts'

const { key, certificate } = await selfSignedCertificate()
const folder = mkdtempSync(join(tmpdir(), 'tickhouse-tls-'))
const authority = join(folder, 'ca.pem')
let server: Server

beforeAll(async () => {
  writeFileSync(authority, certificate)
  server = createServer({ key, cert: certificate }, (_, response) => response.end('{"columns":[],"dataset":[]}'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

test('an encrypted connection is made when tls_ca vouches for the server', async () => {
  expect(await ask(`tls_ca=${authority};`)).toEqual([])
})

test('a server that nobody vouches for is not talked to', async () => {
  await expect(ask('')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } })
})

test('with tls_verify=unsafe_off any server will do', async () => {
  expect(await ask('tls_verify=unsafe_off;')).toEqual([])
})

async function ask(settings: string): Promise<unknown> {
  const { port } = server.address() as AddressInfo
  const store = openStore({ configurationString: `https::addr=127.0.0.1:${port};${settings}`, log: silentLog() })
  try {
    return await store.query('SELECT 1')
  } finally {
    store.close()
  }
}
