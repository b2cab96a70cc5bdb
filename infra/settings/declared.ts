import { kafkaSettings, topicSettings } from '@tickhouse/bus'
import { calendarSettings } from '@tickhouse/calendar'
import { type ConfigSpec, processSettings, type Setting } from '@tickhouse/runtime'
import { registrySettings } from '@tickhouse/schema-registry'
import { viewSettings } from '@tickhouse/store'
import { serviceSettings } from '../../packages/page/src/observe/services.ts'
import { pageSettings } from '../../packages/page/src/serve/settings.ts'
import { configSpec as collectorSettings } from '../../services/collector/src/config.ts'
import { configSpec as simulatorSettings } from '../../services/simulator/src/config.ts'
import { sinkSettings } from '../../services/sink/src/config.ts'

export type Service = 'collector' | 'sink' | 'simulator'

/** Settings that are declared together, and the processes that read them. */
export interface Section {
  readonly title: string
  readonly readers: readonly (Service | 'command line' | 'page')[]
  /** By the venue they are for; one specification where it makes no difference. */
  readonly specs: Readonly<Record<string, ConfigSpec>>
}

const shared: readonly Section[] = [
  { title: 'Every process', readers: ['collector', 'sink', 'simulator', 'command line', 'page'], specs: { all: processSettings } },
  { title: 'Kafka', readers: ['collector', 'sink', 'command line', 'page'], specs: { all: kafkaSettings } },
  { title: 'QuestDB', readers: ['sink', 'command line', 'page'], specs: { all: { questdb: sinkSettings.questdb } } },
  { title: 'Trading calendar', readers: ['collector', 'sink', 'command line', 'page'], specs: { all: calendarSettings } },
]

const sharedVariables = new Set(shared.flatMap(({ specs }) => variablesOf(Object.values(specs))))

/** Every setting of ours. */
export const sections: readonly Section[] = [
  ...shared,
  {
    title: 'Collector',
    readers: ['collector'],
    specs: {
      simulator: own(collectorSettings('simulator')),
      mock: own(collectorSettings('mock')),
      production: own(collectorSettings('production')),
    },
  },
  { title: 'Sink', readers: ['sink'], specs: { all: own(sinkSettings) } },
  { title: 'Simulator', readers: ['simulator'], specs: { all: own(simulatorSettings) } },
  { title: 'Topics', readers: ['command line'], specs: { all: topicSettings } },
  { title: 'Schema registry', readers: ['command line'], specs: { all: registrySettings } },
  { title: 'Views', readers: ['command line'], specs: { all: viewSettings } },
  { title: 'Where services are', readers: ['command line', 'page'], specs: { all: serviceSettings } },
  { title: 'Live page', readers: ['page'], specs: { all: pageSettings } },
]

/** The variables that a service reads, in the order of the page. */
export function variablesReadBy(service: Service): string[] {
  return sections.filter(({ readers }) => readers.includes(service)).flatMap(({ specs }) => variablesOf(Object.values(specs)))
}

/** Every variable of ours, those included that name a file with a secret. */
export function allVariables(): Set<string> {
  const settings = sections.flatMap(({ specs }) => Object.values(specs).flatMap(spec => Object.values(spec)))
  return new Set(settings.flatMap(namesOf))
}

/** The variables that give a setting: its own, and for a secret that of a file. */
export function namesOf({ variable, secret }: Setting<unknown>): string[] {
  return secret ? [variable, `${variable}_FILE`] : [variable]
}

function own(spec: ConfigSpec): ConfigSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, { variable }]) => !sharedVariables.has(variable)))
}

function variablesOf(specs: readonly ConfigSpec[]): string[] {
  return [...new Set(specs.flatMap(spec => Object.values(spec).map(({ variable }) => variable)))]
}
