// A service of one line, run by run-service.test.ts as a process: what it does is its first argument.
import { announce, ConfigError, integer, loadConfig, printedConfig, runService, secret } from '../src/index.ts'

const spec = {
  port: integer('HTTP_PORT', { default: 0, describe: 'Port' }),
  key: secret('APP_KEY', { default: 's3cret', describe: 'Key' }),
}

await runService('fixture', async ({ env, lifecycle, log }) => {
  if (printedConfig(spec, loadConfig(spec, env))) return lifecycle.stop('the configuration was printed')
  const [deed] = process.argv.slice(2)
  log.info({ appkey: 's3cret', headers: { authorization: 's3cret' } }, 'Starting')
  if (deed === 'config') throw new ConfigError([{ name: 'HTTP_PORT', value: 'x', expected: 'an integer' }])
  if (deed === 'throw') throw new Error('disk on fire')
  lifecycle.own('thing', { close: () => void process.stdout.write('closed') })
  if (deed === 'background') lifecycle.run('task', () => Promise.reject(new Error('disk on fire')))
  if (deed === 'reject') void Promise.reject(new Error('a bug'))
  announce({ url: 'http://127.0.0.1:1' })
})
