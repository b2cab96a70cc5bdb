import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** Whom a certificate is for and how long it is valid. */
export interface CertificateOptions {
  /** Its subject, `CN=…`: to Kafka the name of a user. */
  readonly commonName?: string
  /** By which names and IPv4 addresses its holder is reached. */
  readonly names?: readonly string[]
  readonly addresses?: readonly string[]
  readonly days?: number
}

/** A key and a self-signed certificate, both as PEM; for 127.0.0.1 and a day unless told otherwise. Whoever is to trust it is given the certificate. */
export function selfSignedCertificate(options: CertificateOptions = {}): { key: string; certificate: string } {
  const { commonName = 'test', names = [], addresses = ['127.0.0.1'], days = 1 } = options
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = sequence(tagged(0x31, sequence(objectId(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(commonName)))))
  const reached = [
    ...names.map(name => tagged(0x82, Buffer.from(name))),
    ...addresses.map(address => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ]
  const extensions = sequence(sequence(objectId(0x55, 0x1d, 0x11), tagged(0x04, sequence(...reached))))
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    subject,
    sequence(time(-3600), time(days * 86_400)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  )
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]))
  const encoded = sequence(body, ecdsaWithSha256, signature).toString('base64').replace(/.{64}/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${encoded}\n-----END CERTIFICATE-----\n`,
  }
}

const ecdsaWithSha256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts)
}

function objectId(...bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes))
}

/** GeneralizedTime, so many seconds from now. */
function time(seconds: number): Buffer {
  const digits = new Date(Date.now() + seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14)
  return tagged(0x18, Buffer.from(`${digits}Z`))
}

/** One value in DER: tag, length, content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
