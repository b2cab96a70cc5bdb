import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessRoles } from '@tickhouse/catalogue'
import { type KafkaServer, startKafka } from '@tickhouse/stack'
import { selfSignedCertificate } from '@tickhouse/stack/certificate'
import { localServers, removeFolder } from '@tickhouse/testkit'

/** A Kafka that lets in nobody without a user, and what each user is told to get in. */
export interface SecureKafka {
  readonly server: KafkaServer
  readonly folder: string
  readonly passwords: Readonly<Record<string, string>>
  /** The KAFKA_… settings of a user. */
  envOf(user: string): Record<string, string>
  /** Ends it, with everything below its folder. */
  close(): Promise<void>
}

/** Starts one, in `describeWithLocalServers`, with a user for each role, and `admin`; no access rules are made yet. */
export async function startSecureKafka(): Promise<SecureKafka> {
  const { java, jars } = localServers()
  const folder = mkdtempSync(join(tmpdir(), 'tickhouse-'))
  const [keystore, authority] = [join(folder, 'kafka.pem'), join(folder, 'ca.pem')]
  const { key, certificate } = await selfSignedCertificate({ commonName: 'kafka', names: ['localhost'] })
  writeFileSync(keystore, key + certificate, { mode: 0o600 })
  writeFileSync(authority, certificate)
  const passwords = Object.fromEntries(['admin', ...accessRoles].map(user => [user, randomBytes(18).toString('base64url')]))
  const directory = join(folder, 'kafka')
  mkdirSync(directory)
  const server = await startKafka({ directory, java, jars: jars.kafka, security: { keystore, authority, users: passwords } })
  const envOf = (user: string) => ({
    KAFKA_BROKERS: server.brokers,
    KAFKA_SSL_CA: authority,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD: passwords[user] ?? 'no password',
  })
  const close = async () => {
    await server.close()
    removeFolder(folder)
  }
  return { server, folder, passwords, envOf, close }
}
