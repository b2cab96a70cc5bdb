export { launch } from './launch.ts'
export { type ListingReport, refreshListing } from './listing.ts'
export { type StartOptions, serviceMain } from './options.ts'
