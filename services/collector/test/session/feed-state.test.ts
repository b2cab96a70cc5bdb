import { expect, test } from 'vitest'
import { feedStateOf } from '../../src/session/feed-state.ts'

const silenceMs = 45_000

test('a feed flows while data came within the last minute', () => {
  expect(feedStateOf({ ageMs: 10, pingAgeMs: 9_000, dataAgeMs: 10 }, silenceMs)).toBe('flowing')
  expect(feedStateOf({ ageMs: 9_000, pingAgeMs: 9_000, dataAgeMs: 60_000 }, silenceMs)).toBe('flowing')
})

test('a closed market is quiet: only PINGs come, with or without data before', () => {
  expect(feedStateOf({ ageMs: 20_000, pingAgeMs: 20_000, dataAgeMs: 60_001 }, silenceMs)).toBe('quiet')
  expect(feedStateOf({ ageMs: 12_000, pingAgeMs: 12_000, dataAgeMs: undefined }, silenceMs)).toBe('quiet')
})

test('a session that has just logged in is quiet', () => {
  expect(feedStateOf({ ageMs: 100, pingAgeMs: undefined, dataAgeMs: undefined }, silenceMs)).toBe('quiet')
})

test('a feed is dead when not even a PING comes, and when nobody is logged in', () => {
  expect(feedStateOf({ ageMs: 30_001, pingAgeMs: 30_001, dataAgeMs: 30_001 }, silenceMs)).toBe('dead')
  expect(feedStateOf({ ageMs: 30_001, pingAgeMs: undefined, dataAgeMs: undefined }, silenceMs)).toBe('dead')
  expect(feedStateOf(undefined, silenceMs)).toBe('dead')
})
