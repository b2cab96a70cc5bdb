import { randomBytes } from 'node:crypto'

/** Numbers that a seed repeats. */
export interface Random {
  readonly seed: number
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  /** One of them. */
  of<T>(choices: readonly T[]): T
}

/** FAULT_SEED, or a new one. */
export function chosenSeed(): number {
  const given = process.env['FAULT_SEED']
  return given === undefined ? randomBytes(4).readUInt32LE() : Number(given)
}

/** The numbers of a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return { seed, between, of: choices => choices[between(0, choices.length - 1)]! }
}
