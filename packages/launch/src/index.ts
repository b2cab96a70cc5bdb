export { launch } from './launch.ts'
export { type StartOptions, serviceMain } from './options.ts'
