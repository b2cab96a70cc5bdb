import { globSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** A file's suffix says what it needs: `.test.ts` nothing, `.integration.test.ts` and `.fault.test.ts` Kafka and QuestDB. */
const needsServers = ['**/*.integration.test.ts', '**/*.fault.test.ts']

/** `.browser.test.ts` needs a Chromium and no servers. */
const needsBrowser = ['**/*.browser.test.ts']

/** `.compose.test.ts` needs a Docker engine and some minutes: `npm run test:compose`. */
const needsCompose = ['tests/*.compose.test.ts']

const integration = globSync(['{packages,services}/*/test/**/*.integration.test.ts', 'tests/*.integration.test.ts'], {
  cwd: import.meta.dirname,
})
/** These take the Kafka and the QuestDB of the run, one after the other; the rest have servers of their own. */
const onSharedServers = integration.filter(path =>
  /\b(describeWithServers|servers)\(/.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
)
const onOwnServers = integration.filter(path => !onSharedServers.includes(path))

/** Files of the fault suite none of whose cases belong to `npm test`. */
const faults = join(import.meta.dirname, 'tests', 'faults')
const onlyInSuite = readdirSync(faults)
  .filter(name => name.endsWith('.fault.test.ts') && !readFileSync(join(faults, name), 'utf8').includes('always: true'))
  .map(name => `tests/faults/${name}`)

export default defineConfig({
  test: {
    reporters: ['default', './infra/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,services}/*/test/**/*.test.ts', 'infra/**/*.test.ts', 'tests/*.test.ts'],
          exclude: [...needsServers, ...needsBrowser, ...needsCompose],
          // Vitest would leave one processor idle.
          maxWorkers: availableParallelism(),
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: onSharedServers,
          globalSetup: './packages/testkit/src/servers-setup.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'own servers',
          include: onOwnServers,
          globalSetup: './packages/testkit/src/own-servers-setup.ts',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['packages/*/test/**/*.browser.test.ts'],
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['tests/faults/*.fault.test.ts'],
          exclude: process.env['FAULTS'] === 'all' ? [] : onlyInSuite,
          globalSetup: './packages/testkit/src/own-servers-setup.ts',
          // Cases wait most of the time; `npm run test:faults` sets how many files the machine carries.
          maxWorkers: Number(process.env['FAULT_JOBS'] ?? 2),
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'compose',
          include: needsCompose,
          // Each brings a Kafka and a QuestDB.
          fileParallelism: false,
          testTimeout: 180_000,
        },
      },
    ],
  },
})
