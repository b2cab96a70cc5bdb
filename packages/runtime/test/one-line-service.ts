// A service of one line, run by run-service.test.ts as a process: what it does is its first argument.
import { announce, ConfigError, runService } from '../src/index.ts'

await runService('fixture', async ({ lifecycle, log }) => {
  const [deed] = process.argv.slice(2)
  log.info({ appkey: 's3cret', headers: { authorization: 's3cret' } }, 'Starting')
  if (deed === 'config') throw new ConfigError([{ name: 'HTTP_PORT', value: 'x', expected: 'an integer' }])
  if (deed === 'throw') throw new Error('disk on fire')
  lifecycle.own('thing', { close: () => void process.stdout.write('closed') })
  if (deed === 'background') lifecycle.run('task', () => Promise.reject(new Error('disk on fire')))
  if (deed === 'reject') void Promise.reject(new Error('a bug'))
  announce({ url: 'http://127.0.0.1:1' })
})
