import type { SymbolLists } from './registration-plan.ts'
import type { Credentials } from './rest.ts'

/** What is captured where nothing else is asked for: twenty large stocks, three of them also on NXT and combined, and a few of every other kind. */
export const defaultSymbols: SymbolLists = {
  stock: [
    ...['005930', '000660', '373220', '207940', '005380', '000270', '068270', '105560', '005490', '035420'],
    ...['035720', '051910', '006400', '012330', '055550', '028260', '066570', '003670', '096770', '00088K'],
    ...['005930_NX', '000660_NX', '005380_NX', '005930_AL', '000660_AL'],
  ],
  etf: ['069500', '122630'],
  elw: ['57JBHH', '58K123'],
  sector: ['001', '101', '201'],
  gold: ['MGD', 'MGU'],
}

/** The key pair that the simulator accepts when it is told nothing else; no secret, and of no use elsewhere. */
export const simulatorCredentials: Credentials = { appKey: 'simulator-app-key', secretKey: 'simulator-secret-key' }
