import { join } from 'node:path'

const services = join(import.meta.dirname, '..', '..', '..', 'services')

/** The main.ts of a service: `collector`, `sink` or `simulator`. */
export function serviceMain(name: string): string {
  return join(services, name, 'src', 'main.ts')
}
