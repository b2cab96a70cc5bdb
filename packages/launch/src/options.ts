import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { isSimulated } from '@tickhouse/kiwoom'
import { type Env, UsageError } from '@tickhouse/runtime'
import type { SampleDayOptions } from '@tickhouse/sample-day'

/** What `tickhouse start` was asked for. */
export interface StartOptions {
  /** Stops by itself after so long; undefined runs until it is told to stop. */
  readonly forMs: number | undefined
  /** Begins without the data of former runs. */
  readonly fresh: boolean
  /** The simulator sends the frames of this folder once, instead of a made-up market. */
  readonly framesDirectory: string | undefined
  /** Frames per second of the simulator. */
  readonly rate: number | undefined
  readonly seed: number | undefined
  /** A whole simulated trading day that is stored before anything is captured. */
  readonly sampleDay: Omit<SampleDayOptions, 'data'> | undefined
  /** The data folder, absolute. */
  readonly data: string
  /** Servers as containers, even where Java is there. */
  readonly docker: boolean
  readonly env: Env
}

/** Asks the collector whether it can use its settings, before servers are started for nothing. Throws UsageError with all problems, and for a sample day beside a real venue. */
export async function checkSettings(options: StartOptions): Promise<void> {
  const { env, sampleDay } = options
  if (sampleDay !== undefined && !isSimulated(options))
    throw new UsageError('Expected --sample-day with the simulated venue: a simulated day does not go among what Kiwoom sends')
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

const services = join(import.meta.dirname, '..', '..', '..', 'services')

/** The main.ts of a service: `collector`, `sink` or `simulator`. */
export function serviceMain(name: string): string {
  return join(services, name, 'src', 'main.ts')
}
