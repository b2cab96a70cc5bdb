export type { ChartAnswer, MarketNote, MomentAnswer, SymbolsAnswer } from './market/answers.ts'
export { type MarketDeps, MarketReader } from './market/market-reader.ts'
export { answersOf, CollectorWatch, type SeenCollector } from './observe/collectors.ts'
export {
  collectorStates,
  datasetCounts,
  healthOf,
  type ProcessHealth,
  processesOf,
  saidBy,
  titled,
  venueLines,
  venueState,
} from './observe/health.ts'
export { Observer, type Snapshot } from './observe/observer.ts'
export {
  addressesOf,
  type RunFile,
  type RunningProcess,
  readRunFile,
  removeRunFile,
  type ServiceAddresses,
  writeRunFile,
} from './observe/run-file.ts'
export { askStatus, problemOf } from './observe/service-status.ts'
export { type KnownServices, knownServices, namesServices } from './observe/services.ts'
export { Looker, servicesIn } from './observe/top-state.ts'
export { type Page, type PageOptions, servePage } from './serve/serve-page.ts'
export { pagePort, pageSettings } from './serve/settings.ts'
export { type Advice, adviceByHand, adviceOfCompose, adviceOfStart } from './state/advice.ts'
export { PageLooker } from './state/page-looker.ts'
export type { PageState } from './state/page-state.ts'
export { jsonLines, textLines } from './terminal/record-lines.ts'
export { Screen } from './terminal/screen.ts'
export { showRecords } from './terminal/show-records.ts'
export { lookOnce, showLive } from './terminal/top.ts'
export { view } from './terminal/view.ts'
