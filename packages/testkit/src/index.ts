export { type ChildService, type ChildServiceOptions, childService, type ServiceExit } from './child-service.ts'
export { type ClusterServers, clusterServers, shortOfMemory } from './cluster-servers.ts'
export { type EventuallyOptions, eventually } from './eventually.ts'
export { type ExpectedRow, expectedColumns, type FrameFixture, frameFixtures, framesFolder } from './frames.ts'
export { HttpProxy, type HttpProxyOptions } from './http-proxy.ts'
export { isOffsetCommit, isProduce } from './kafka-requests.ts'
export { describeMachine, filesAtATime, type Machine, measureMachine, slownessOf } from './machine.ts'
export { patience, patienceFactor } from './patience.ts'
export type { LocalServers, PrivateServer, PrivateServers } from './private-servers.ts'
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
export { type Starved, starvedBetween, starvedIn, type Turn } from './starvation.ts'
export { type Impairment, type RequestMatch, TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts'
export { temporaryFolder } from './temporary-folder.ts'
