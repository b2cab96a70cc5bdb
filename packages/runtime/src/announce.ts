/** Tells the parent process, if it listens over IPC, where this process is to be found: its URL, pid, ports. */
export function announce(fields: object): void {
  process.send?.({ announce: { pid: process.pid, ...fields } })
}
