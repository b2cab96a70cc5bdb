import { venueDatasets } from '@tickhouse/catalogue'
import { type ConfigOf, choice, type Env, list, loadConfig, type Setting, type SettingOptions } from '@tickhouse/runtime'
import { defaultSymbols } from './default-symbols.ts'
import { type EnvironmentName, environments } from './environments.ts'
import type { SymbolLists, Wanted } from './registration-plan.ts'

/** The settings that say what is to be captured. */
export function wantedSettings(environment: EnvironmentName) {
  const symbols = symbolsFor(environment)
  return {
    types: types('KIWOOM_TYPES', {
      default: venueDatasets.map(({ type }) => type),
      defaultText: 'all',
      describe: 'Datasets to capture, by name or by type code',
    }),
    stocks: list('KIWOOM_SYMBOLS', {
      default: symbols.stock,
      defaultText: `${symbols.stock.length} large stocks`,
      describe: 'Stocks to capture. The suffix _NX names NXT, _AL both exchanges combined',
    }),
    etfs: list('KIWOOM_ETFS', { default: symbols.etf, describe: 'ETFs to capture' }),
    elws: list('KIWOOM_ELWS', { default: symbols.elw, describe: 'ELWs to capture' }),
    sectors: list('KIWOOM_SECTORS', { default: symbols.sector, describe: 'Sectors to capture' }),
    gold: list('KIWOOM_GOLD', { default: symbols.gold, describe: 'Gold to capture' }),
  } as const
}

/** What these settings ask for. */
export function wantedOf({ types, stocks, etfs, elws, sectors, gold }: ConfigOf<ReturnType<typeof wantedSettings>>): Wanted {
  return { types, symbols: { stock: stocks, etf: etfs, elw: elws, sector: sectors, gold } }
}

/** The mock server serves KRX only. */
function symbolsFor(environment: EnvironmentName): SymbolLists {
  if (environment !== 'mock') return defaultSymbols
  return { ...defaultSymbols, stock: defaultSymbols.stock.filter(item => !item.includes('_')) }
}

/** Type codes, from codes or names of datasets; `all` stands for every one. */
function types(variable: string, options: SettingOptions<readonly string[]>): Setting<readonly string[]> {
  const setting = list(variable, options)
  const parse = (value: string) => {
    const found = (setting.parse(value) ?? []).flatMap(word => (word === 'all' ? venueDatasets.map(({ type }) => type) : [typeOf(word)]))
    return found.length === 0 || found.includes(undefined) ? undefined : [...new Set(found as string[])]
  }
  return { ...setting, expected: 'names of datasets or type codes separated by commas, or all', parse }
}

function typeOf(word: string): string | undefined {
  return venueDatasets.find(({ type, name }) => type === word || name === word)?.type
}

const venue = { environment: choice('KIWOOM_ENV', Object.keys(environments) as EnvironmentName[], { default: 'simulator' }) }

/** The venue that an environment names, and what it is to send. Throws ConfigError. */
export function wantedIn(env: Env): { readonly environment: EnvironmentName; readonly wanted: Wanted } {
  const { environment } = loadConfig(venue, env)
  return { environment, wanted: wantedOf(loadConfig(wantedSettings(environment), env)) }
}
