import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { selfSignedCertificate } from '../src/certificate.ts'
import { makeKafkaCredentials } from '../src/kafka-credentials.ts'

const hosts = ['kafka', 'localhost', '127.0.0.1']

async function made(folder: string, more: readonly string[] = []) {
  await makeKafkaCredentials({ folder, users: ['admin', 'sink'], hosts: [...hosts, ...more] })
  const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')
  return {
    admin: read('admin', 'password'),
    sink: read('sink', 'password'),
    keystore: read('server', 'kafka.pem'),
    authority: read('authority', 'ca.pem'),
  }
}

it('each user has a password of its own that only its owner can read, and a second run leaves everything as it is', async () => {
  const folder = temporaryFolder()
  const first = await made(folder)
  expect(first.admin).toMatch(/^[\w-]{32}$/)
  expect(first.sink).not.toBe(first.admin)
  expect(statSync(join(folder, 'sink', 'password')).mode & 0o077).toBe(0)
  expect(statSync(join(folder, 'server', 'kafka.pem')).mode & 0o077).toBe(0)
  expect(await made(folder)).toEqual(first)
})

it('the certificate is for every host, names the broker, and holds no key for those who are to trust it', async () => {
  const { keystore, authority } = await made(temporaryFolder(), ['10.0.0.7'])
  const certificate = new X509Certificate(authority)
  expect(certificate.subject).toBe('CN=kafka')
  expect([certificate.checkHost('kafka'), certificate.checkIP('10.0.0.7')]).toEqual(['kafka', '10.0.0.7'])
  expect(authority).not.toContain('PRIVATE KEY')
  expect(keystore.endsWith(authority)).toBe(true)
})

it('a certificate that is about to end, or is not for a new host, is made anew; passwords stay', async () => {
  const folder = temporaryFolder()
  const first = await made(folder)
  const second = await made(folder, ['broker.example'])
  expect(second.authority).not.toBe(first.authority)
  expect(second.sink).toBe(first.sink)
  const endsSoon = await selfSignedCertificate({ names: ['kafka', 'localhost'], days: 30 })
  writeFileSync(join(folder, 'authority', 'ca.pem'), endsSoon.certificate)
  expect(Date.parse(new X509Certificate((await made(folder)).authority).validTo)).toBeGreaterThan(Date.now() + 700 * 86_400_000)
})
