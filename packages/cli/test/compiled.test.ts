import { readdirSync } from 'node:fs'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { tickhouse } from './tickhouse.ts'

it('keeps what it compiled for the next start, where NODE_COMPILE_CACHE says', async () => {
  const folder = temporaryFolder()
  const { code } = await tickhouse(['--help'], { NODE_COMPILE_CACHE: folder }).end
  expect({ code, kept: readdirSync(folder, { recursive: true }).length > 10 }).toEqual({ code: 0, kept: true })
})

it('runs where nothing can be kept', async () => {
  const { code, stdout } = await tickhouse(['--help'], { NODE_COMPILE_CACHE: '/dev/null/compiled' }).end
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('verify') })
})
