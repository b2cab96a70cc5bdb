import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger } from '@tickhouse/runtime'
import { expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { loadCollectorConfig } from '../../src/config.ts'
import { compareMemory, maxMemory } from '../../src/status/memory.ts'

const mebibyte = 1024 * 1024
const config = loadCollectorConfig({
  KIWOOM_ENV: 'simulator',
  KIWOOM_REST_URL: 'http://127.0.0.1:1',
  KIWOOM_WS_URL: 'ws://127.0.0.1:1',
  KAFKA_BROKERS: '127.0.0.1:1',
})

/** The limit that V8 sets itself when it is told this. */
function heapBytes(options: string): number {
  const script = 'process.stdout.write(String(v8.getHeapStatistics().heap_size_limit))'
  return Number(execFileSync(process.execPath, [...options.split(' '), '-e', script]))
}

test('what compose gives the collector is more than it can come to need', () => {
  const { services } = parse(readFileSync(join(import.meta.dirname, '../../../../infra/compose/service.yml'), 'utf8'))
  const limitBytes = Number.parseInt(services.service.mem_limit, 10) * mebibyte
  const most = maxMemory(config, heapBytes(services.collector.environment.NODE_OPTIONS))
  expect(most).toBeLessThanOrEqual(limitBytes)
  expect(most).toBeGreaterThan(limitBytes * 0.9)
})

test('a limit that is smaller than that is told', () => {
  const log = createLogger({ name: 'test', level: 'silent' })
  const warn = vi.spyOn(log, 'warn')
  const limit = vi.spyOn(process, 'constrainedMemory')
  for (const bytes of [0, 2 ** 62, 64 * 1024 * mebibyte]) {
    limit.mockReturnValue(bytes)
    compareMemory(config, log)
  }
  expect(warn).not.toHaveBeenCalled()
  limit.mockReturnValue(256 * mebibyte)
  compareMemory(config, log)
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ limitMebibytes: 256 }),
    expect.stringContaining('The memory limit is smaller than what this process can come to need'),
  )
  limit.mockRestore()
})
