// A service of a few lines, run by child-service.test.ts.
import { announce, runService } from '@tickhouse/runtime'

await runService('small', async ({ env, log }) => {
  if (env['FAIL']) throw new Error('no disk')
  log.warn('up')
  announce({ secret: env['KIWOOM_SECRET_KEY'] ?? 'none', word: env['WORD'] })
})
