import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { filesByDefault } from './packages/testkit/src/machine.ts'
import { LongestFirst } from './tests/longest-first.ts'

/** A file's suffix says what it needs: `.test.ts` nothing, `.integration.test.ts`, `.fault.test.ts` and `.alone.test.ts` Kafka and QuestDB. */
const needsServers = ['**/*.integration.test.ts', '**/*.fault.test.ts', '**/*.alone.test.ts']

/** `.browser.test.ts` needs a Chromium and no servers. */
const needsBrowser = ['**/*.browser.test.ts']

/** `.compose.test.ts` needs a Docker engine and some minutes: `npm run test:compose`. */
const needsCompose = ['tests/*.compose.test.ts']

const integration = globSync(['{packages,services}/*/test/**/*.integration.test.ts', 'tests/*.integration.test.ts'], {
  cwd: import.meta.dirname,
})
/** These take a Kafka and a QuestDB that stay for the next file; the rest have servers of their own. */
const onSharedServers = integration.filter(path =>
  /\b(describeWithServers|servers)\(/.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
)
const onOwnServers = integration.filter(path => !onSharedServers.includes(path))

/** The whole fault suite, or those of its cases that belong to every run. */
const always = 'tests/faults/always.fault.test.ts'
const faults = process.env['FAULTS'] === 'all' ? { include: ['tests/faults/*.fault.test.ts'], exclude: [always] } : { include: [always] }

/**
 * What runs after what. Files of one group share workers, whatever their project, so all projects of a group have as many: tests with servers wait much of
 * their time, and the processors are busy only when more of them run than there are processors. Tests without servers leave no time and come first.
 */
const busy = { sequence: { groupOrder: 0 }, maxWorkers: availableParallelism() }
/** `npm run test:faults` measures the machine before it says how many. */
const waiting = { sequence: { groupOrder: 1 }, maxWorkers: Number(process.env['FAULT_JOBS'] ?? filesByDefault()) }
const oneByOne = (groupOrder: number) => ({ sequence: { groupOrder }, maxWorkers: 1 })
const { KAFKA_BROKERS, QDB_CLIENT_CONF } = process.env

export default defineConfig({
  test: {
    reporters: ['default', './infra/closing-line.ts'],
    sequence: { sequencer: LongestFirst },
    // Servers that several lanes shared stop at the same time, and may write their class archives.
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,services,clients}/*/test/**/*.test.ts', 'infra/**/*.test.ts', 'tests/*.test.ts'],
          exclude: [...needsServers, ...needsBrowser, ...needsCompose],
          // Files share a process, which saves a third of the time: a test puts back what it changes.
          isolate: false,
          ...busy,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: onSharedServers,
          globalSetup: './packages/testkit/src/servers-setup.ts',
          // Where the servers are given there is one pair.
          ...(KAFKA_BROKERS && QDB_CLIENT_CONF ? oneByOne(2) : waiting),
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'own servers',
          include: onOwnServers,
          globalSetup: './packages/testkit/src/own-servers-setup.ts',
          ...waiting,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['packages/*/test/**/*.browser.test.ts'],
          ...busy,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'faults',
          ...faults,
          globalSetup: './packages/testkit/src/own-servers-setup.ts',
          ...waiting,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'alone',
          // Kafka, QuestDB and all processors: these fill the machine, and ask what that does to the capture.
          include: ['tests/*.alone.test.ts'],
          globalSetup: './packages/testkit/src/own-servers-setup.ts',
          ...oneByOne(2),
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'compose',
          include: needsCompose,
          // Each brings a Kafka and a QuestDB.
          ...oneByOne(3),
          testTimeout: 180_000,
        },
      },
    ],
  },
})
