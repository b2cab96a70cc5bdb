import { venueDatasets } from '@tickhouse/catalogue'
import { type ConfigOf, list, type Setting, type SettingOptions } from '@tickhouse/runtime'
import { defaultSymbols } from './default-symbols.ts'
import type { EnvironmentName } from './environments.ts'
import type { SymbolLists, Wanted } from './registration-plan.ts'

/** The settings that say what is to be captured. */
export function wantedSettings(environment: EnvironmentName) {
  const symbols = symbolsFor(environment)
  return {
    types: types('KIWOOM_TYPES', { default: venueDatasets.map(({ type }) => type), describe: 'Datasets or type codes to capture, or all' }),
    stocks: list('KIWOOM_SYMBOLS', { default: symbols.stock, describe: 'Stocks; _NX for NXT, _AL for combined' }),
    etfs: list('KIWOOM_ETFS', { default: symbols.etf, describe: 'ETFs' }),
    elws: list('KIWOOM_ELWS', { default: symbols.elw, describe: 'ELWs' }),
    sectors: list('KIWOOM_SECTORS', { default: symbols.sector, describe: 'Sectors' }),
    gold: list('KIWOOM_GOLD', { default: symbols.gold, describe: 'Gold' }),
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
