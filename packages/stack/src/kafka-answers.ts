import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** ApiVersions, version 0: length, API key 18, version, correlation id, no client id. */
const apiVersionsRequest = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff])
apiVersionsRequest.writeInt32BE(apiVersionsRequest.length - 4, 0)

/** True when a broker on 127.0.0.1 answers a request; it opens its port only after the controller has let it in. */
export function kafkaAnswers(port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs })
    const end = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => socket.write(apiVersionsRequest))
    socket.once('data', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}

/** The same for a broker that speaks TLS only: true once it shows its certificate, whoever may have signed that. */
export function kafkaAnswersEncrypted(port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connectTls({ port, host: '127.0.0.1', timeout: timeoutMs, rejectUnauthorized: false })
    const end = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('secureConnect', () => end(true))
    for (const event of ['timeout', 'error', 'close'] as const) socket.once(event, () => end(false))
  })
}
