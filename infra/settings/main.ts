import { writeOrCheck } from '../generated-page.ts'
import { settingsPage } from './page.ts'

// Writes docs/settings.md; with --check it only says whether it differs, and exits 1 if so.
writeOrCheck('docs/settings.md', settingsPage(), 'the settings')
