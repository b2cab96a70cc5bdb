import { pythonKit, typescriptKit } from '@tickhouse/catalogue'
import { writeOrCheck } from '../generated-page.ts'
import { kitRecords } from './records.ts'

// Writes what the consumers' kits know of the catalogue, and what they are tried on; with --check it only says what differs, and exits 1 if something does.
const declarations = 'the datasets of the catalogue'
writeOrCheck('clients/typescript/src/generated/records.ts', typescriptKit(), declarations)
writeOrCheck('clients/python/src/tickhouse_records/generated.py', pythonKit(), declarations)
writeOrCheck('clients/fixtures/records.jsonl', kitRecords(), declarations)
