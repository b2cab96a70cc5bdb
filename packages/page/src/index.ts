export { type Page, type PageOptions, servePage } from './serve-page.ts'
export type {
  CollectorLine,
  Condition,
  DatasetLine,
  Flow,
  Freshness,
  Gap,
  PageLink,
  PageProblem,
  PageState,
  Point,
  SessionSpan,
  Station,
  StationName,
} from './state.ts'
