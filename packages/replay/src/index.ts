export { type PublishedReplay, type PublishOptions, type PublishReplayDeps, publishReplay } from './publish.ts'
export { readSpeed } from './replay-clock.ts'
export { type ReplayOrder, type Selection, selectFrames } from './selection.ts'
export { type ServedReplay, type ServeOptions, serveReplay } from './serve.ts'
