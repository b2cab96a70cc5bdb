import { dataConditionTable } from './data-condition.ts'
import type { TableDefinition } from './definitions.ts'
import { entities } from './entities.ts'
import { instrumentTable, listingTable } from './instrument.ts'
import { marketPhaseTable, tradingDayTable } from './trading-calendar.ts'

/** A table that no topic fills. */
export interface OwnTable {
  readonly table: TableDefinition
  /** What its rows are, as a sentence … */
  readonly description: string
  /** … and what writes them, as a part of one. */
  readonly writtenBy: string
}

const byCalendar = 'kept by `tickhouse tables apply` and the sink'

export const ownTables: readonly OwnTable[] = [
  {
    table: dataConditionTable,
    description: 'What each Korean date of each dataset is worth: one row per date and dataset.',
    writtenBy: 'written by `tickhouse verify --date`, and as `pending` by the sink, once something of the date is stored',
  },
  {
    table: tradingDayTable,
    description: 'Whether the market is open: one row per Korean date, from the beginning of last year to the end of the next.',
    writtenBy: byCalendar,
  },
  {
    table: marketPhaseTable,
    description: 'The phases of each venue: one row per change, for the same years.',
    writtenBy: byCalendar,
  },
  {
    table: instrumentTable,
    description: 'Who a symbol is: name, market, kind, venues, first and last day. One row per symbol.',
    writtenBy: "kept by the sink from what records say, and by `tickhouse instruments refresh` and a start from the venue's list",
  },
  {
    table: listingTable,
    description: "What the venue's list of instruments said: one row per symbol and change.",
    writtenBy: 'written by `tickhouse instruments refresh` and by a start, which ask the venue',
  },
]

/** Every table that is made from the catalogue: one per dataset, and those that no topic fills. */
export const tableDefinitions: readonly TableDefinition[] = [...entities, ...ownTables].map(({ table }) => table)
