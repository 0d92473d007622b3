/**
 * cluster/registrar/route-filters: picks of a list of application routes; the list stays as it is.
 *
 * Each takes what another has given, so that picks can follow each other.
 *
 * @source ergo-features 22 (list filters)
 */
import type { ApplicationRoute, ApplicationState } from '#contract'

/**
 * Routes that have all of these tags.
 *
 * @example const blue = withTags(node.cluster.applications('shop'), 'blue', 'eu')
 * @source ergo-features 22
 */
export const withTags = (
  routes: readonly ApplicationRoute[],
  ...tags: readonly string[]
): readonly ApplicationRoute[] =>
  routes.filter((route) => tags.every((tag) => route.tags.includes(tag)))

/**
 * Routes that have none of these tags.
 *
 * @example const inUse = withoutTags(node.cluster.applications('shop'), 'maintenance')
 * @source ergo-features 22
 */
export const withoutTags = (
  routes: readonly ApplicationRoute[],
  ...tags: readonly string[]
): readonly ApplicationRoute[] =>
  routes.filter((route) => !tags.some((tag) => route.tags.includes(tag)))

/**
 * Routes of applications that are in one of these states.
 *
 * @example const running = withState(node.cluster.applications('shop'), 'running')
 * @source ergo-features 22
 */
export const withState = (
  routes: readonly ApplicationRoute[],
  ...states: readonly ApplicationState[]
): readonly ApplicationRoute[] => routes.filter((route) => states.includes(route.state))
