import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFolder } from '../contract/contract.ts'
import { writeOrCheck } from '../generated-page.ts'
import { topicsPage } from './page.ts'

// Writes docs/topics.html; with --check it only says whether it differs, and exits 1 if so.
const read = (path: string) => JSON.parse(readFileSync(join(generatedFolder, path), 'utf8'))
writeOrCheck('docs/topics.html', topicsPage(read('asyncapi.json'), read), 'the topics')
