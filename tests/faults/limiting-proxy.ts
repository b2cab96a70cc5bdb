import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A reverse proxy before a real QuestDB that takes no request of more than so many bytes, as nginx and its like do: it answers 413. */
export async function limitingProxy(httpUrl: string, maxBytes: number) {
  const proxy = { configurationString: '', refused: 0 }
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming
    if (Number(headers['content-length'] ?? 0) > maxBytes) {
      proxy.refused += 1
      incoming.resume()
      incoming.on('end', () => outgoing.writeHead(413).end('Request Entity Too Large'))
      return
    }
    const forwarded = request(new URL(url, httpUrl), { method, headers }, answer => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  proxy.configurationString = `http::addr=127.0.0.1:${(server.address() as AddressInfo).port};`
  return proxy
}
