import type { KafkaPorts, QuestdbAddress, QuestdbPorts } from '@tickhouse/stack'

/** A server that may be stopped, killed and started again at the same address with the same data. */
export interface PrivateServer {
  start(): Promise<void>
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
  /** Ends it for good, with its data unless they are to be kept. */
  close(): Promise<void>
  /** Lets its data stay when it is closed, for whoever looks into a failure; says where they are. */
  keep(): string
  /** What it wrote since its last start, where it writes to a file. */
  readonly logFile?: string
}

/** A Kafka and a QuestDB that nobody else uses. */
export interface PrivateServers {
  readonly kafka: PrivateServer & { readonly brokers: string }
  readonly questdb: PrivateServer & QuestdbAddress
}

/** The ports of a Kafka and a QuestDB. */
export interface ServerPorts {
  readonly kafka: KafkaPorts
  readonly questdb: QuestdbPorts
}

/** Settings of QuestDB beside those it always has, as server.conf names them. */
export type QuestdbProperties = Readonly<Record<string, string>>
