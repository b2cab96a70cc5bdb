export { type ChildService, type ChildServiceOptions, childService, type ServiceExit } from './child-service.ts'
export { type ClusterServers, clusterServers, shortOfMemory } from './cluster-servers.ts'
export { type EventuallyOptions, eventually } from './eventually.ts'
export { type ExpectedRow, expectedColumns, type FrameFixture, frameFixtures, framesFolder } from './frames.ts'
export { HttpProxy, type HttpProxyOptions } from './http-proxy.ts'
export { isOffsetCommit, isProduce } from './kafka-requests.ts'
export { describeMachine, filesAtATime, filesByDefault, type Machine, measureMachine, slownessOf } from './machine.ts'
export type { PrivateServer, PrivateServers } from './private-server.ts'
export type { LocalServers } from './private-servers.ts'
export { scaledTimeout, timeoutScale } from './scaled-timeout.ts'
export {
  describeWithLocalServers,
  describeWithOwnServers,
  describeWithServers,
  localServers,
  type OwnServers,
  ownServers,
  type SharedServers,
  servers,
} from './servers.ts'
export { type Starved, starvedBetween, starvedIn, type TimedWait } from './starvation.ts'
export { suspendTable } from './suspend-table.ts'
export { type Impairment, type RequestMatch, TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts'
export { removeFolder, temporaryFolder } from './temporary-folder.ts'
export { own, tokenOf, VenueClient } from './venue-client.ts'
