import { renameSync, writeFileSync } from 'node:fs'

/** Only its owner can read such a file. */
export const privately = 0o600

/** Replaces a file in one step, so that no reader sees half of it; its folder must be there. */
export function replaceFile(path: string, text: string, mode?: number): void {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}
