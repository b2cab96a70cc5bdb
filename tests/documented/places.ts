import { type Statement, statements } from './statements.ts'

/** The test that runs a statement: on a pipeline that `npm start` started, with the clients of a researcher or the consumers of topics, on the sample days of the cookbook, with two collectors, with docker compose, and with three brokers or two collectors in it. */
export type Test = 'start' | 'clients' | 'consumers' | 'cookbook' | 'fleet' | 'compose' | 'brokers' | 'compose fleet'

/** Statements that no test runs as they stand, and why. A pattern that fits nothing any more fails. */
export const reasons: readonly { readonly statements: RegExp; readonly because: string }[] = [
  {
    statements: /^([A-Z_]+=\S+ )*npm (test|run (check|test:\w+|bench|audit|generate|format|screenshot|cookbook|contract:release))\b/,
    because: 'is a run of tests, measurements or generators by itself',
  },
  { statements: /--for 90s --rate 1500$/, because: 'says how a figure was measured; it is `--for 30s` and `--rate 2000` for longer' },
  { statements: /^(timedatectl|dmesg|iostat|df -h)/, because: 'is a program of the operating system, and about the machine' },
  { statements: /^curl .*https:\/\/api\.kiwoom\.com$/, because: 'asks the real venue' },
  { statements: /^(kafka-configs\.sh|touch) /, because: 'gives users to a Kafka that was made without, by hand' },
  { statements: /^docker compose run --rm cli$/, because: 'stands in place of `npx tickhouse`, and each verb is run' },
  { statements: /^npx tickhouse schemas register /, because: 'needs a schema registry; a test of its own runs the command against one' },
  { statements: /^open /, because: 'opens a browser' },
  { statements: /^git pull /, because: 'its second half is a statement of its own, and there is nothing to pull' },
]

/** Why no test runs it; undefined where one does. */
export function reasonNotToRun(text: string): string | undefined {
  return reasons.find(({ statements }) => statements.test(text))?.because
}

/** The test that runs a statement; undefined where there is a reason not to. */
export function testOf({ kind, text, places }: Statement): Test | undefined {
  if (reasonNotToRun(text) !== undefined) return undefined
  if (places.every(place => place.startsWith('examples/consumers/'))) return 'consumers'
  if (places.every(place => /^(docs\/cookbook|examples)\//.test(place))) return 'cookbook'
  if (kind === 'python' || /\bpip install\b|\bfmt=|--uncertified\b/.test(text)) return 'clients'
  if (/three-brokers|KAFKA_REPLICATION/.test(text)) return 'brokers'
  if (/docker-compose\.fleet/.test(text)) return 'compose fleet'
  if (/\bfleet\b|COLLECTOR_URL=/.test(text)) return 'fleet'
  return /\b(docker|kafka-[\w-]+\.sh|KAFKA_SASL_\w+)\b/.test(text) ? 'compose' : 'start'
}

/** The statements that a test must run, to be ticked off one by one. */
export class Duty {
  readonly #open: Map<string, Statement>

  constructor(test: Test) {
    this.#open = new Map(statements().flatMap(statement => (testOf(statement) === test ? [[statement.text, statement]] : [])))
  }

  /** The statement as it is documented, ticked off. Throws when no page has it (any more). */
  take(text: string): string {
    if (!this.#open.delete(text)) throw new Error(`Expected a statement of the documentation that was not run before, was: ${text}`)
    return text
  }

  /** The one statement that matches, ticked off. */
  takeOne(pattern: RegExp): string {
    const texts = [...this.#open.keys()].filter(text => pattern.test(text))
    if (texts.length !== 1) throw new Error(`Expected one statement of the documentation like ${pattern}, found ${JSON.stringify(texts)}`)
    return this.take(texts[0]!)
  }

  /** What nobody took so far. */
  rest(): Statement[] {
    return [...this.#open.values()]
  }
}
