import type { KafkaPorts } from './kafka-configuration.ts'

/** How a Kafka node is closed to everybody who has no user. */
export interface KafkaSecurity {
  /** PEM file with the node's private key, followed by its certificate, whose subject is `CN=kafka`. */
  readonly keystore: string
  /** PEM file with what vouches for that certificate. */
  readonly authority: string
  /** Passwords by user name, made when the storage is formatted. `admin` may do everything, the others what access rules allow. */
  readonly users: Readonly<Record<string, string>>
}

const login = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'

/**
 * What a single Kafka node is told to be closed, wherever it runs. Clients come by SERVICES or HOST with user and password over TLS. The node itself is the
 * holder of its certificate: INTERNAL and CONTROLLER let in nobody else, so that no password stands in its configuration and nobody is anonymous.
 */
export const secureProperties: Readonly<Record<string, string>> = {
  'listener.security.protocol.map': 'CONTROLLER:SSL,INTERNAL:SSL,SERVICES:SASL_SSL,HOST:SASL_SSL',
  'inter.broker.listener.name': 'INTERNAL',
  'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
  'listener.name.services.scram-sha-512.sasl.jaas.config': login,
  'listener.name.host.scram-sha-512.sasl.jaas.config': login,
  'listener.name.internal.ssl.client.auth': 'required',
  'listener.name.controller.ssl.client.auth': 'required',
  'ssl.enabled.protocols': 'TLSv1.3',
  'ssl.keystore.type': 'PEM',
  'ssl.truststore.type': 'PEM',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'false',
  'super.users': 'User:CN=kafka;User:admin',
}

/** Where a closed node on loopback listens. */
export function secureListeners({ broker, controller, advertised = broker }: KafkaPorts, internal: number): Record<string, string> {
  return {
    listeners: `SERVICES://127.0.0.1:${broker},INTERNAL://127.0.0.1:${internal},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `SERVICES://127.0.0.1:${advertised},INTERNAL://127.0.0.1:${internal}`,
  }
}

/** Where it finds its certificate. */
export function certificateProperties({ keystore, authority }: KafkaSecurity): Record<string, string> {
  return { 'ssl.keystore.location': keystore, 'ssl.truststore.location': authority }
}

/** What the storage tool is told to make the users. */
export function scramOptions(security: KafkaSecurity | undefined): string[] {
  return Object.entries(security?.users ?? {}).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ])
}
