import { expect, test } from 'vitest'
import { Screen } from '../src/terminal/screen.ts'

function screen(isTTY: boolean) {
  const written: string[] = []
  const clock = { ms: 0 }
  const out = { isTTY, rows: 10, columns: 20, write: (text: string) => written.push(text) }
  const notices = { write: (text: string) => written.push(`notice: ${text}`) }
  return { screen: new Screen(out, notices, () => clock.ms), written, clock }
}

test('a terminal shows the newest block in the place of the last one, no line longer than it is wide', () => {
  const { screen: view, written } = screen(true)
  view.show(['one', 'two'])
  view.show(['a line that is longer than the terminal'])
  expect(written).toEqual(['one\ntwo\n', '\x1b[2A\x1b[J', 'a line that is long\n'])
})

test('a notice goes above the block', () => {
  const { screen: view, written } = screen(true)
  view.show(['block'])
  view.notice('sink ended')
  expect(written).toEqual(['block\n', '\x1b[1A\x1b[J', 'notice: sink ended\n', 'block\n'])
})

test('what is left stays', () => {
  const { screen: view, written } = screen(true)
  view.show(['block'])
  view.leave()
  view.notice('done')
  expect(written).toEqual(['block\n', 'notice: done\n'])
})

test('a file gets a plain block every ten seconds', () => {
  const { screen: view, written, clock } = screen(false)
  view.show(['0 s'])
  clock.ms = 9_999
  view.show(['9.999 s'])
  clock.ms = 10_000
  view.show(['10 s'])
  expect(written).toEqual(['0 s\n\n', '10 s\n\n'])
})
