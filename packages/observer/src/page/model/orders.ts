/**
 * page/model/orders: what the forms of a page make of what was typed: an order for a node.
 *
 * A form is refused here with a sentence, before a node is asked. The text that has to be typed to
 * confirm an order is what the order is about.
 */
import type { ManageRequest, PidText } from '#observer/contract/api'

/** Ready to be sent, or what is wrong. */
export type Prepared =
  | { readonly kind: 'ready'; readonly request: ManageRequest }
  | { readonly kind: 'wrong'; readonly problem: string }

const ready = (order: ManageRequest['order'], confirm?: string): Prepared => ({
  kind: 'ready',
  request: confirm === undefined ? { order } : { order, confirm },
})

/** What has to be typed before it is sent, for an action. */
export const confirmOf = (prepared: Prepared): { readonly confirm?: string } =>
  prepared.kind === 'ready' && prepared.request.confirm !== undefined
    ? { confirm: prepared.request.confirm }
    : {}

const wrong = (problem: string): Prepared => ({ kind: 'wrong', problem })

const PAYLOAD_MAX = 64 * 1_024

/** A message for a process; `payload` is JSON, or empty for none. */
export function sendOrder(
  to: PidText,
  { message, payload }: { readonly message: string; readonly payload: string },
): Prepared {
  if (message.trim() === '') return wrong('Give the name of the message.')
  return withPayload({ do: 'send', to, message: message.trim() }, payload)
}

/** A request to a process, whose answer comes back. */
export function callOrder(
  to: PidText,
  { request, payload }: { readonly request: string; readonly payload: string },
): Prepared {
  if (request.trim() === '') return wrong('Give the name of the request.')
  return withPayload({ do: 'call', to, request: request.trim() }, payload)
}

function withPayload(order: ManageRequest['order'], payload: string): Prepared {
  if (payload.length > PAYLOAD_MAX)
    return wrong(`Keep the payload below ${PAYLOAD_MAX} characters.`)
  if (payload.trim() === '') return ready(order)
  try {
    const value: unknown = JSON.parse(payload)
    return ready({ ...order, payload: value })
  } catch (fault) {
    return wrong(`The payload is no JSON: ${fault instanceof Error ? fault.message : 'unreadable'}`)
  }
}

const REASON_MAX = 200

/** Reasons that are one word of the platform's own; any other is a word of the viewer's. */
const OWN_REASONS: readonly string[] = ['normal', 'shutdown', 'killed']

/** An exit signal, which a process may trap; without a word `shutdown`. */
export function exitOrder(pid: PidText, reason: string): Prepared {
  const word = reason.trim() === '' ? 'shutdown' : reason.trim()
  if (word.length > REASON_MAX) return wrong(`Keep the reason below ${REASON_MAX} characters.`)
  const told = OWN_REASONS.includes(word) ? word : { kind: 'custom', name: word }
  return ready({ do: 'exit', pid, reason: told }, pid)
}

/** The end of a process, without asking it. */
export const killOrder = (pid: PidText): Prepared => ready({ do: 'kill', pid }, pid)

/** The weight of an application among the nodes; 0 drains it, which is confirmed. */
export function weightOrder(name: string, weight: string): Prepared {
  const value = Number(weight)
  return weight.trim() !== '' && Number.isSafeInteger(value) && value >= 0
    ? ready({ do: 'application-change', name, weight: value }, value === 0 ? name : undefined)
    : wrong('A weight is a whole number; 0 gives it no work.')
}
