/**
 * runtime/no-wire: the wire of a node without a network: there is no way to any other node.
 */
import { TroupeError, type Wire } from '#contract'

export const NO_WIRE: Wire = Object.freeze({
  start: async () => {},
  send: () => 'NO_ROUTE' as const,
  call: () => 'NO_ROUTE' as const,
  sendConfirmed: async () => 'NO_ROUTE' as const,
  exit: () => {},
  link: () => 'NO_ROUTE' as const,
  unlink: () => {},
  watch: () => 'NO_ROUTE' as const,
  unwatch: () => {},
  subscribe: (node, _event, answers) => answers.refused(new TroupeError('NO_ROUTE', { node })),
  unsubscribe: () => {},
  stop: async () => {},
} satisfies Wire)
