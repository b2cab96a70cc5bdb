export { type ExpectedRow, expectedColumns, type FrameFixture, frameFixtures, framesFolder } from './frames.ts'
