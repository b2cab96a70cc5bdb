import { execFile } from 'node:child_process'
import { serviceMain } from '../service-main.ts'
import { UsageError } from '../usage-error.ts'
import { isSimulated, type StartOptions } from './options.ts'

/** Asks the collector whether it can use its settings, before servers are started for nothing. Throws UsageError with all problems. */
export async function checkSettings(options: StartOptions): Promise<void> {
  const { env } = options
  if (!Object.keys(env).some(name => name.startsWith('KIWOOM_'))) return
  const venue = isSimulated(options)
    ? { KIWOOM_ENV: 'simulator', KIWOOM_REST_URL: 'http://localhost', KIWOOM_WS_URL: 'ws://localhost' }
    : {}
  const { code, stderr } = await run(serviceMain('collector'), { KAFKA_BROKERS: 'localhost:9092', ...env, ...venue })
  if (code === 2) throw new UsageError(stderr.trim())
}

function run(main: string, env: NodeJS.ProcessEnv): Promise<{ code: unknown; stderr: string }> {
  return new Promise(resolve =>
    execFile(process.execPath, [main, '--print-config'], { env }, (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr })),
  )
}
