import type { Command } from 'commander'
import { catalogue } from './catalogue.ts'
import { verify } from './verify.ts'

/** Every verb, in the order of the help. A new one is a file here and a word in this list. */
export const verbs: readonly (() => Command)[] = [verify, catalogue]
