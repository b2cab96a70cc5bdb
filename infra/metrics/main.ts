import { writeOrCheck } from '../generated-page.ts'
import { metricsPage } from './page.ts'

// Writes docs/metrics.md; with --check it only says whether it differs, and exits 1 if so.
writeOrCheck('docs/metrics.md', metricsPage(), 'the metrics')
