/**
 * runtime/no-wire: the wire of a node without a network: there is no way to any other node.
 */
import type { Wire } from '#contract'

export const NO_WIRE: Wire = Object.freeze({
  send: () => 'NO_ROUTE' as const,
  call: () => 'NO_ROUTE' as const,
  sendImportant: async () => 'NO_ROUTE' as const,
  exit: () => {},
  watch: () => 'NO_ROUTE' as const,
  unwatch: () => {},
  subscribe: () => 'NO_ROUTE' as const,
  stop: async () => {},
})
