import { type Env, list, loadConfig, type Setting } from '@tickhouse/runtime'
import { addressesOf, type RunFile, readRunFile, type ServiceAddresses } from './run-file.ts'
import { sinksBehind } from './sinks.ts'

/** Where collectors and sinks are, when no start runs them here. */
export const serviceSettings = {
  collectors: urls('COLLECTOR_URL', 'Addresses at which collectors serve /status, such as http://collector:9300'),
  sinks: urls('SINK_URL', 'Addresses at which sinks serve /status, such as http://sink:9300. One name may lead to several sinks'),
}

/** The services that are looked at. */
export interface KnownServices {
  readonly addresses: ServiceAddresses
  /** The running start that they belong to; undefined where COLLECTOR_URL and SINK_URL name them. */
  readonly run: RunFile | undefined
}

/** The services that the environment names, else those of a running start as it is now; undefined when there is neither. */
export async function knownServices(env: Env, data: string): Promise<KnownServices | undefined> {
  const { collectors, sinks } = loadConfig(serviceSettings, env)
  if (collectors.length > 0 || sinks.length > 0) return { addresses: { collectors, sinks: await sinksBehind(sinks) }, run: undefined }
  const run = readRunFile(data)
  return run && { addresses: addressesOf(run.processes), run }
}

/** True when COLLECTOR_URL or SINK_URL names services. */
export function namesServices(env: Env): boolean {
  return Boolean(env['COLLECTOR_URL'] || env['SINK_URL'])
}

/** Addresses of services, one or several. */
function urls(variable: string, describe: string): Setting<readonly string[]> {
  const setting = list(variable, { default: [], defaultText: 'those of the running start', describe })
  const parse = (value: string) => {
    const addresses = setting.parse(value)
    return addresses?.every(address => ['http:', 'https:'].includes(URL.parse(address)?.protocol ?? ''))
      ? [...new Set(addresses.map(address => address.replace(/\/+$/, '')))]
      : undefined
  }
  return { ...setting, expected: 'addresses such as http://collector:9300, with commas between them', parse }
}
