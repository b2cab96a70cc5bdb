/** The version of everything in this repository; `package.json` and the changelog say the same. */
export const version = '0.1.0'

/**
 * When this release was made, UTC; whoever makes one sets it. A clock that says less is wrong for certain, and so is one that says far more:
 * the only bounds there are where no other clock can be asked.
 */
export const releasedOn = '2026-11-22'

/** Nobody runs a release for longer than this. */
const maxLifeYears = 10
const yearMs = 365.25 * 24 * 3_600_000

/** The times that a right clock can show while this release runs, ms since 1970. */
export const lifeOfRelease = {
  fromMs: Date.parse(releasedOn),
  toMs: Date.parse(releasedOn) + maxLifeYears * yearMs,
} as const
