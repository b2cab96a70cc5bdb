export { announce } from './announce.ts'
export { CaptureClock, type Clock, systemClock } from './clock.ts'
export { ConfigError, type ConfigOf, type ConfigProblem, type ConfigSpec, describeConfig, type Env, loadConfig } from './config.ts'
export { Countdown } from './countdown.ts'
export { delay } from './delay.ts'
export { isAbort, messageOf, TickhouseError } from './errors.ts'
export { type HttpOptions, type Problem, serveHttp } from './http.ts'
export { type HttpEndpoint, type HttpServerOptions, openHttp } from './http-server.ts'
export { type Closable, Lifecycle } from './lifecycle.ts'
export { createLogger, type Logger, type LoggerOptions } from './logger.ts'
export {
  counter,
  gauge,
  histogram,
  type MetricDeclaration,
  type MetricDeclarations,
  type MetricType,
} from './metric-declarations.ts'
export {
  createMetrics,
  createRegistry,
  createThreadRegistry,
  labelAll,
  type MetricsOf,
  processMetrics,
  type Reading,
  type Registry,
  readMetrics,
} from './metrics.ts'
export { isOwnHost } from './own-host.ts'
export { printedConfig } from './print-config.ts'
export { lifeOfRelease, releasedOn } from './release.ts'
export { backoffMs, type RetryOptions, retry } from './retry.ts'
export { runService, type ServiceContext } from './run-service.ts'
export {
  type ClockStatus,
  type CollectedDataset,
  type CollectorStatus,
  type FeedStatus,
  type HeartbeatStatus,
  type JournalStatus,
  type ServiceStatus,
  type SinkStatus,
  type StoredDataset,
  serviceStatus,
  type UnstoredDataset,
} from './service-status.ts'
export {
  choice,
  duration,
  flag,
  integer,
  list,
  optional,
  parseDurationMs,
  type Setting,
  type SettingOptions,
  secret,
  text,
} from './settings.ts'
export { Turn } from './turn.ts'
export { untilAborted } from './until-aborted.ts'
export { visible, visibleJson, visibleLines } from './visible.ts'
