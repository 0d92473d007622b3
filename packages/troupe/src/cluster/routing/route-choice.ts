/**
 * cluster/routing/route-choice: which routes of an application a service may use, and which
 * process of each.
 *
 * Pure. A weight of 0 is never chosen, nor is a node that leaves. Functions of users run here,
 * once for each change of the routes.
 *
 * @source ergo-features 22; design 6
 */
import type { ApplicationRoute, ServiceOptions } from '#contract'

/** True when a service may choose this route. */
export function isChoosable(options: ServiceOptions, route: ApplicationRoute): boolean {
  const { states = RUNNING, tags = [], withoutTags = [], region } = options
  return (
    route.weight > 0 &&
    states.includes(route.state) &&
    tags.every((tag) => route.tags.includes(tag)) &&
    !withoutTags.some((tag) => route.tags.includes(tag)) &&
    (region === undefined || route.tags.includes(`region:${region}`)) &&
    processOf(options, route) !== undefined &&
    hasVersion(options, route.version)
  )
}

const RUNNING: readonly ApplicationRoute['state'][] = Object.freeze(['running'])

function hasVersion({ version }: ServiceOptions, given: string): boolean {
  if (version === undefined) return true
  return typeof version === 'function' ? version(given) : version === given
}

/** The registered name that gets what is sent; undefined: it has no such role. */
export function processOf({ role }: ServiceOptions, route: ApplicationRoute): string | undefined {
  if (role !== undefined) return Object.hasOwn(route.roles, role) ? route.roles[role] : undefined
  const names = Object.values(route.roles)
  return names.length === 1 ? names[0] : route.name
}
