import { TickhouseError } from '@tickhouse/runtime'

/** Everything this room throws; `code` begins with `JOURNAL_`. */
export class JournalError extends TickhouseError {}
