/**
 * runtime/no-routing: the routing of a node that was given none: no service is anywhere.
 */
import type { Routing } from '#contract'

export const NO_ROUTING: Routing = Object.freeze({
  services: Object.freeze({ list: () => [], info: () => undefined }),
  start: () => {},
  noticed: () => {},
  leave: () => {},
  choose: () => 'NO_ROUTE' as const,
  call: async (asked) => {
    throw asked.refuse('NO_ROUTE')
  },
} satisfies Routing)
