/**
 * cluster/membership/saying: what a registrar tells of nodes, as an input of the machine.
 *
 * Its own troubles, as that it is away or that a value cannot be read, say nothing of any node.
 */
import type { NodeRoute, RegistrarEvent } from '#contract'
import type { MemberInput } from './member.js'

type Said = Extract<MemberInput, { readonly kind: 'said' }>

const NAMED = 'the registrar names it'
const SUSPECT = 'the registrar has lost sight of it'

/** The node an event is about and what it says; undefined: nothing of a node. */
export function saidBy(
  event: RegistrarEvent,
): { readonly node: string; readonly said: Said } | undefined {
  switch (event.kind) {
    case 'node-joined':
    case 'node-well':
      return { node: event.node, said: said('up', event.creation, NAMED) }
    case 'node-suspect':
      return { node: event.node, said: said('suspect', event.creation, SUSPECT) }
    case 'node-leaving':
      return { node: event.node, said: said('leaving', event.creation, NAMED) }
    case 'node-left': {
      const { node, creation, cause } = event
      const isLost = cause === 'lost'
      const reason = isLost ? 'the registrar has not seen it for too long' : 'it has left'
      return { node, said: said(isLost ? 'lost' : 'left', creation, reason) }
    }
    default:
      return undefined
  }
}

/** What a listed route says. */
export function saidOf({ state, creation }: NodeRoute): Said {
  if (state === 'suspect') return said('suspect', creation, SUSPECT)
  return said(state === 'leaving' ? 'leaving' : 'up', creation, NAMED)
}

const said = (what: Said['said'], creation: number, reason: string): Said => ({
  ...{ kind: 'said', said: what, creation, reason },
})
