import 'reflect-metadata'
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

/** Whom a certificate is for and how long it is valid. */
export interface CertificateOptions {
  /** Its subject, `CN=…`: to Kafka the name of a user. */
  readonly commonName?: string
  /** By which names and IPv4 addresses its holder is reached. */
  readonly names?: readonly string[]
  readonly addresses?: readonly string[]
  readonly days?: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const [hourMs, dayMs] = [3_600_000, 86_400_000]

/** A key and a self-signed certificate, both as PEM; for 127.0.0.1 and a day by default. Clients trust the certificate itself. */
export async function selfSignedCertificate(options: CertificateOptions = {}): Promise<{ key: string; certificate: string }> {
  const { commonName = 'test', names = [], addresses = ['127.0.0.1'], days = 1 } = options
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    // The clock of a client may be a little behind.
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + days * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([
        ...names.map(value => ({ type: 'dns', value }) as const),
        ...addresses.map(value => ({ type: 'ip', value }) as const),
      ]),
    ],
  })
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), PemConverter.PrivateKeyTag)
  return { key: `${key}\n`, certificate: `${certificate.toString('pem')}\n` }
}
