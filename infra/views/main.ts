import { writeOrCheck } from '../generated-page.ts'
import { viewsPage } from './page.ts'

// Writes docs/views.md; with --check it only says whether it differs, and exits 1 if so.
writeOrCheck('docs/views.md', viewsPage(), 'the views')
