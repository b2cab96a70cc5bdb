import { type Bus, sinkGroupOf } from '@tickhouse/bus'
import type { TradingCalendar } from '@tickhouse/calendar'
import type { Doing } from '@tickhouse/runtime'
import { type SampleDayOptions, type SampleDayReport, storeSampleDay } from '@tickhouse/sample-day'
import type { Store } from '@tickhouse/store'
import type { StartOptions } from './options.ts'
import type { Servers } from './servers.ts'

/** What storing a sample day needs of a start. */
export interface SampleDeps extends Doing {
  readonly servers: Servers
  readonly bus: Bus
  readonly store: Store
  readonly calendar: TradingCalendar
  readonly say: (sentence: string) => void
}

/** Stores the sample day that a start was asked for, and says what it is worth. */
export async function storeSample(
  wanted: Omit<SampleDayOptions, 'data'>,
  { data, env }: StartOptions,
  { servers, say, ...deps }: SampleDeps,
): Promise<SampleDayReport> {
  const group = sinkGroupOf(env)
  const reach = { ...env, KAFKA_BROKERS: servers.brokers }
  const report = await storeSampleDay({ ...wanted, data }, { ...deps, group, env: reach, say })
  for (const line of report.summary.split('\n')) say(line)
  return report
}
