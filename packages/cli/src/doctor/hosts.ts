import { connect, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** True for a host that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}

/** The addresses at which other machines reach this one. */
export function outsideAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(found =>
    (found ?? []).filter(({ internal, address }) => !internal && !address.startsWith('fe80')).map(({ address }) => address),
  )
}

/** True when something accepts connections there. */
export function isOpen(host: string, port: number, timeoutMs = 1000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}
