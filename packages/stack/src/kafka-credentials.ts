import { randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import { replaceFile } from '@tickhouse/runtime'
import { selfSignedCertificate } from './certificate.ts'

/** Where the parts of a closed Kafka get what they need: `server/`, `authority/`, and a folder with a `password` for each user. */
export interface CredentialsRequest {
  readonly folder: string
  readonly users: readonly string[]
  /** Names and addresses by which clients reach the broker. */
  readonly hosts: readonly string[]
}

const validDays = 730
const renewedDays = 60

/** Makes the passwords that are missing, and a certificate where there is none that is good for two more months and these hosts. */
export async function makeKafkaCredentials({ folder, users, hosts }: CredentialsRequest): Promise<void> {
  for (const user of users) makePassword(join(folder, user, 'password'))
  const [keystore, authority] = [join(folder, 'server', 'kafka.pem'), join(folder, 'authority', 'ca.pem')]
  if (existsSync(keystore) && existsSync(authority) && isGood(readFileSync(authority), hosts)) return
  const { key, certificate } = await selfSignedCertificate({
    commonName: 'kafka',
    names: hosts.filter(host => !isIPv4(host)),
    addresses: hosts.filter(isIPv4),
    days: validDays,
  })
  write(keystore, key + certificate, 0o600)
  write(authority, certificate, 0o644)
}

function makePassword(path: string): void {
  if (!existsSync(path)) write(path, randomBytes(24).toString('base64url'), 0o600)
}

function isGood(pem: Buffer, hosts: readonly string[]): boolean {
  const certificate = new X509Certificate(pem)
  const isFor = (host: string) => (isIPv4(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined
  return Date.parse(certificate.validTo) > Date.now() + renewedDays * 86_400_000 && hosts.every(isFor)
}

function write(path: string, text: string, mode: number): void {
  mkdirSync(join(path, '..'), { recursive: true })
  replaceFile(path, text, mode)
}
