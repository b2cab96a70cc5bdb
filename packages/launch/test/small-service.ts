// A service of a few lines, run by service-process.test.ts.
import { announce, integer, loadConfig, runService } from '@tickhouse/runtime'

await runService('small', async ({ env, log }) => {
  loadConfig({ port: integer('HTTP_PORT') }, env)
  log.warn('Kafka does not answer')
  log.warn('Kafka does not answer')
  announce({ http: `http://127.0.0.1:${env['HTTP_PORT']}` })
})
