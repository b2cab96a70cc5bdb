import { HttpProxy } from '@tickhouse/testkit'
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
  const change = (url: string, body: Buffer) => (url.includes('wal_tables') ? changed(body, suspended) : body)
  const proxy = await HttpProxy.open({ target: httpUrl, change })
  onTestFinished(() => proxy.close())
  return { configurationString: `http::addr=${proxy.address};`, suspended }
}

function changed(body: Buffer, suspended: ReadonlySet<string>): string {
  const { columns, dataset, ...rest } = JSON.parse(body.toString()) as WalTables
  const [name, flag] = ['name', 'suspended'].map(wanted => columns.findIndex(column => column.name === wanted)) as [number, number]
  for (const row of dataset) if (suspended.has(row[name] as string)) row[flag] = true
  return JSON.stringify({ ...rest, columns, dataset })
}
