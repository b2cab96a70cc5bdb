export { own, tokenOf, VenueClient as Client } from '@tickhouse/testkit'
