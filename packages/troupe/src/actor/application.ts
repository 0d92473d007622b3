/**
 * actor/application: a checked description of an application.
 *
 * Only the check; the node loads, starts and stops it.
 *
 * @source ergo-features 14; OTP "application"
 */
import { type ApplicationSpec, completeSpec } from '#contract'

/**
 * Describes an application: named processes that a node starts in order and stops in reverse.
 *
 * Gives the specification back, checked and frozen; one with methods keeps them. Times are
 * milliseconds. Throws OPTION_INVALID naming the option: an empty name, a weight that is no whole
 * number of 0 or more, an unknown mode, two members of one name, a member that cannot be spawned.
 *
 * @example
 * const shop = application({
 *   name: 'shop',
 *   mode: 'permanent',
 *   members: [{ name: 'shop-supervisor', start: shopSupervisor }],
 * })
 * node.loadApplication(shop)
 * @source OTP "application"
 */
export function application<S extends ApplicationSpec>(spec: S): S {
  completeSpec(spec)
  Object.freeze(spec.members)
  return Object.freeze(spec)
}
