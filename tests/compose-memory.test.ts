import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const mebibyte = 1024 * 1024
/** Node.js itself. */
const programBytes = 64 * mebibyte

interface ComposeService {
  readonly mem_limit?: string
  readonly environment?: Readonly<Record<string, string>>
}

const services: Record<string, ComposeService> = { ...servicesIn('infra/compose/service.yml'), ...servicesIn('docker-compose.yml') }

/** What stands beside the heap in buffers, by service. The collector's own test adds up its own. */
const buffers = {
  // Three rounds of SINK_MAX_BYTES as they came and as they were put together, and the rows of two as they go to QuestDB.
  sink: (3 * 2 + 2) * 24 * mebibyte,
  // Answers of services and QuestDB, some KiB each.
  page: 16 * mebibyte,
}

for (const [service, bufferBytes] of Object.entries(buffers))
  test(`what compose gives the ${service} is more than it can come to need`, () => {
    const { mem_limit, environment } = services[service]!
    const heap = heapBytes(environment!['NODE_OPTIONS']!)
    // Buffers that nobody uses any more are collected at once when there are more than half of the heap.
    expect(programBytes + heap + heap / 2 + bufferBytes).toBeLessThanOrEqual(bytesOf(mem_limit!))
  })

/** The limit that V8 sets itself when it is told this. */
function heapBytes(options: string): number {
  const script = 'process.stdout.write(String(v8.getHeapStatistics().heap_size_limit))'
  return Number(execFileSync(process.execPath, [...options.split(' '), '-e', script]))
}

/** `512m`, `1g`. */
function bytesOf(limit: string): number {
  return Number.parseInt(limit, 10) * mebibyte * (limit.endsWith('g') ? 1024 : 1)
}

function servicesIn(file: string): Record<string, ComposeService> {
  return parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8')).services
}
