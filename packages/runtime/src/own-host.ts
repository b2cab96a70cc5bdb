import { isIP } from 'node:net'

/**
 * Whether a request is meant for us, by its Host header. A name can be made to lead to a loopback address by whoever owns it, so that a foreign page
 * in the same browser could read ours; bare addresses, names without a dot (`localhost`, a service of compose), which nobody can own, and names that
 * were given to us cannot.
 */
export function isOwnHost(host: string | undefined, ownNames: readonly string[] = []): boolean {
  // No browser leaves it out; health checks do.
  if (host === undefined) return true
  const bare = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return isIP(bare) !== 0 || /^[a-z0-9_-]+$/.test(bare) || ownNames.some(name => name.toLowerCase() === bare)
}
