import type { Logger } from '@tickhouse/runtime'
import type { LogEntry, logCreator } from 'kafkajs'

/**
 * Sends kafkajs' own lines to `debug`: it calls every attempt that it will repeat an error, and what a person has to know
 * (unreachable, rebalanced, refused) is said by this package, once and with its facts.
 */
export function kafkaLog(log: Logger): logCreator {
  return () =>
    ({ namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }: LogEntry) =>
      log.debug({ kafkajs: namespace, ...fields }, message)
}
