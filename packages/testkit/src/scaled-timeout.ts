/**
 * How many times longer than on the machine for which the limits of the tests were chosen anything may take here: FAULT_PATIENCE, which whoever starts the tests
 * measures or sets; 1 where nobody did.
 */
export function timeoutScale({ FAULT_PATIENCE: given }: NodeJS.ProcessEnv = process.env): number {
  return Math.max(1, Number(given) || 1)
}

/** A limit of a test, ms, in the time of this machine. Every wait of the tests goes through here, so that no verdict is one on the machine. */
export function scaledTimeout(ms: number): number {
  return Math.ceil(ms * timeoutScale())
}
