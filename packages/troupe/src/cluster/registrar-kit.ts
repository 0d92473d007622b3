/**
 * cluster/registrar-kit: what whoever writes a registrar needs: tables, checks, configuration; and
 * what an arbiter needs beside.
 *
 * The embedded, the static and the one in memory are made of the same parts. Exported as
 * `troupe/registrar`; a program that only uses registrars needs nothing of it.
 */
export { backgroundClock, type Cancel, type Clock, systemClock } from '#base/clock'
export { type Random, seededRandom, systemRandom } from '#base/random'
export { configText } from '#cluster/config/config-change'
export {
  type ConfigEntry,
  type ConfigEvent,
  type ConfigPlace,
  ConfigStore,
} from '#cluster/config/config-store'
export { CONFIG_LIMITS, itemProblem, readConfigValue } from '#cluster/config/config-value'
export { VOTERS_MAX } from '#cluster/leader/election-words'
export { type ChangeRefusal, VoterChanges } from '#cluster/leader/voter-changes'
export {
  birthText,
  isOfFuture,
  ROUTE_LIMITS,
  type RouteLimits,
  readApplicationRoute,
  readNodeRoute,
  requireApplicationRoute,
} from '#cluster/registrar/route-check'
export {
  type NodeApplication,
  type NodeEntry,
  type NodeLife,
  type RouteSnapshot,
  RouteTable,
} from '#cluster/registrar/route-table'
export { type KnownOptions, requireKnown } from '#contract/known-options'
export { requireDuration, requireObject, requireOption, requireText } from '#contract/limits'
export { isNodeName, printable } from '#contract/visible'
