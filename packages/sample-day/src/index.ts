export { type DayShape, sampleCollector, usualShape } from './days.ts'
export { type SampleDayDeps, type SampleDayOptions, type SampleDayReport, sampleJournal, storeSampleDay } from './sample-day.ts'
export { storePastDay } from './store-past-day.ts'
