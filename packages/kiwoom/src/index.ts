export { type DivisionOptions, datasetNameOf, partsOf, planJson, planText } from './collector-parts.ts'
export { type CollectorPlan, type CollectorShare, planCollectors } from './collector-plan.ts'
export { defaultSymbols, simulatorCredentials } from './default-symbols.ts'
export {
  type Environment,
  type EnvironmentName,
  environments,
  instrumentPath,
  isSimulated,
  limitsOf,
  restUrlIn,
  type VenueLimits,
  webSocketPath,
} from './environments.ts'
export { type Answer, decodeFrame, type Frame, isAccepted, isReadable } from './frame.ts'
export { askForInstruments, type InstrumentList, type InstrumentListOptions } from './instrument-list.ts'
export { koreanTimeText, koreanTimeToMs } from './korean-time.ts'
export { type VenueList, venueLists } from './listed-instrument.ts'
export { hasMember, maskAccounts } from './mask.ts'
export { isMarketWide, type Pair } from './pair.ts'
export { mayHoldAccount, pseudonymizer, withoutAccounts } from './pseudonym.ts'
export {
  isValidItem,
  type LeftOut,
  type LeftOutReason,
  planRegistration,
  type RegistrationPlan,
  type RegistrationRequest,
  type SymbolLists,
  type Wanted,
} from './registration-plan.ts'
export { loginRequest, pingEcho, type RegistrationData, registerRequest, removeRequest } from './requests.ts'
export type { Credentials } from './rest.ts'
export { type RestAccess, restAccessIn } from './rest-access.ts'
export { TokenClient, type TokenClientOptions } from './token-client.ts'
export { type Refusal, type RefusalCode, refusals, sessionEndOf, type VenueCode, venueCodes } from './venue-codes.ts'
export { innerCodeOf, type RefusedAnswer, refusalOf, VenueError } from './venue-error.ts'
export { type ClockDifference, type DateReading, readingOf, VenueTime, type VenueTimeOptions } from './venue-time.ts'
export { wantedIn, wantedOf, wantedSettings } from './wanted-settings.ts'
