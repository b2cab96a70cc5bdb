/** The ports of one Kafka node that is broker and controller in one. */
export interface KafkaPorts {
  readonly broker: number
  readonly controller: number
  /** What clients are told to connect to, if not the broker's own port: that of a proxy before it. */
  readonly advertised?: number
}

/** What a single Kafka node is told, wherever it runs; keys as in server.properties. */
export const singleNodeProperties: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'inter.broker.listener.name': 'PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  // HOST is for programs outside the container, where there is one.
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT',
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  // After a crash the node waits until its former registration has run out (9 s by default) before it is let in again.
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '1000',
  // One consumer group needs no 50 partitions; fewer are loaded faster after a restart.
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
}

/** The server.properties of a node on loopback with its data in `dataDirectory`. */
export function kafkaProperties(
  { broker, controller, advertised = broker }: KafkaPorts,
  dataDirectory: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const properties = {
    ...singleNodeProperties,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertised}`,
    'log.dirs': dataDirectory,
    ...more,
  }
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

/** The log4j2.properties that keeps Kafka's log in one file of at most 10 MB and three older ones. */
export const kafkaLogging = `status = warn
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = \${sys:tickhouse.log}
appender.file.filePattern = \${sys:tickhouse.log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c{1} %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
`
