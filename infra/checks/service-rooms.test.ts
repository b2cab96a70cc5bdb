import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

// The rooms of each service, files and folders at its front, from the ground up: a room imports only rooms that stand before it.
const rooms: Readonly<Record<string, readonly string[]>> = {
  collector: [
    'config',
    'clock',
    'journal',
    'counts',
    'publish',
    'session',
    'collect',
    'metrics',
    'thread',
    'status',
    'wiring',
    'main',
    'publish-journal',
  ],
  sink: ['metrics', 'order', 'tables', 'read', 'store', 'config', 'drain', 'status', 'wiring', 'main'],
  simulator: ['metrics', 'market', 'day', 'feed', 'faults', 'listing', 'config', 'status', 'play', 'wiring', 'index', 'main', 'write-day'],
}
const services = resolve(import.meta.dirname, '..', '..', 'services')

test.each(Object.entries(rooms))('the rooms of the %s import one way', (service, order) => {
  const src = join(services, service, 'src')
  const roomOf = (file: string) => relative(src, file).split('/')[0]!.replace(/\.ts$/, '')
  const upwards = sources(src).flatMap(file =>
    imports(file)
      .filter(target => order.indexOf(roomOf(target)) > order.indexOf(roomOf(file)))
      .map(target => `${relative(src, file)} imports ${relative(src, target)}`),
  )
  expect(new Set(sources(src).map(roomOf))).toEqual(new Set(order))
  expect(upwards).toEqual([])
})

test.each(Object.keys(rooms))('main.ts of the %s is read at a glance, and so is its path', service => {
  const lines = (name: string) =>
    readFileSync(join(services, service, 'src', name), 'utf8')
      .trimEnd()
      .split('\n').length
  const path = { collector: 'collect.ts', sink: 'drain.ts', simulator: 'play.ts' }[service]!
  expect(lines('main.ts')).toBeLessThanOrEqual(25)
  expect(lines(path)).toBeLessThanOrEqual(40)
})

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name))
}

function imports(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)].map(match => resolve(dirname(file), match[1]!))
}
