export { CaptureClock, type Clock, clockSlack, systemClock } from './clock.ts'
export { ConfigError, type ConfigOf, type ConfigProblem, type ConfigSpec, describeConfig, type Env, loadConfig } from './config.ts'
export { Countdown } from './countdown.ts'
export type { Doing, Tell } from './doing.ts'
export { untold } from './doing.ts'
export { isAbort, messageOf, TickhouseError, UsageError } from './errors.ts'
export { type HttpEndpoint, type HttpServerOptions, isOwnHost, isPortTaken, listenOn, openHttp } from './http-server.ts'
export { isAlive } from './is-alive.ts'
export { type Closable, Lifecycle } from './lifecycle.ts'
export { type LogLine, logLevels, readLogLine } from './log-line.ts'
export { createLogger, type Logger, type LoggerOptions } from './logger.ts'
export { counter, gauge, histogram, type MetricDeclaration, type MetricDeclarations, type MetricType } from './metric-declarations.ts'
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
export { lifeOfRelease, releasedOn, version } from './release.ts'
export { privately, replaceFile } from './replace-file.ts'
export { backoffMs, type RetryOptions, retry } from './retry.ts'
export { announce, printedConfig, processSettings, runService, type ServiceDeps, tellParent } from './run-service.ts'
export { type HttpOptions, type Problem, serveHttp } from './serve-http.ts'
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
  durationText,
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
export { type Cell, padText, textTable, textWidth } from './text-table.ts'
export { visible, visibleJson, visibleLines } from './visible.ts'
export { abortLater, delay, lookAgain, rest, Turn, together, untilAborted } from './waiting.ts'
export { ageText, counted, cutText, grouped, plural, sizeText, someOf, spanText, timeText } from './wording.ts'
