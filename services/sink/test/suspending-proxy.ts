import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A QuestDB that says of some tables that they are suspended. */
export interface SuspendingProxy {
  readonly configurationString: string
  readonly suspended: Set<string>
}

interface WalTables {
  readonly columns: readonly { readonly name: string }[]
  readonly dataset: unknown[][]
}

/**
 * Stands before a real QuestDB and changes one answer: what `wal_tables()` says of the tables in `suspended`. QuestDB itself
 * suspends a table on command in its development mode only.
 */
export async function suspendingProxy(httpUrl: string): Promise<SuspendingProxy> {
  const suspended = new Set<string>()
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming
    const forwarded = request(new URL(url, httpUrl), { method, headers }, async answer => {
      const body = Buffer.concat(await answer.toArray())
      const isAsked = url.includes('wal_tables') && answer.statusCode === 200
      outgoing.writeHead(answer.statusCode!, { 'content-type': answer.headers['content-type'] ?? 'text/plain' })
      outgoing.end(isAsked ? changed(body, suspended) : body)
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
  return { configurationString: `http::addr=127.0.0.1:${(server.address() as AddressInfo).port};`, suspended }
}

function changed(body: Buffer, suspended: ReadonlySet<string>): string {
  const { columns, dataset, ...rest } = JSON.parse(body.toString()) as WalTables
  const [name, flag] = ['name', 'suspended'].map(wanted => columns.findIndex(column => column.name === wanted)) as [number, number]
  for (const row of dataset) if (suspended.has(row[name] as string)) row[flag] = true
  return JSON.stringify({ ...rest, columns, dataset })
}
