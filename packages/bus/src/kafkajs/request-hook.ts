import type { Broker } from 'kafkajs'

/** How kafkajs makes one kind of request and understands its answer. */
export type Protocol<Answer> = (options: Record<string, unknown>) => {
  readonly request: { readonly apiVersion: number; readonly encode?: () => Promise<unknown> }
  readonly response: { decode(bytes: Buffer): Promise<Answer>; parse(answer: Answer): Promise<unknown> }
}

interface BrokerInside {
  lookupRequest: ((apiKey: number, definition: unknown) => Protocol<never>) & { readonly hooked?: ReadonlySet<number> }
}

/**
 * Lets one kind of request of a broker be made or understood in another way; kafkajs sends it as before. May be called again and
 * again for the same broker: kafkajs forgets it when it connects anew.
 */
export function hookRequest<Theirs, Ours>(broker: Broker, apiKey: number, change: (protocol: Protocol<Theirs>) => Protocol<Ours>): Broker {
  const inside = broker as unknown as BrokerInside
  const lookup = inside.lookupRequest
  if (lookup.hooked?.has(apiKey) === true) return broker
  const hooked = (asked: number, definition: unknown) => {
    const protocol = lookup.call(broker, asked, definition)
    return asked === apiKey ? (change(protocol as unknown as Protocol<Theirs>) as unknown as Protocol<never>) : protocol
  }
  inside.lookupRequest = Object.assign(hooked, { hooked: new Set([...(lookup.hooked ?? []), apiKey]) })
  return broker
}
